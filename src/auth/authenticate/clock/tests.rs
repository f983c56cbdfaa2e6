use super::*;

#[test]
fn a_clock_skew_of_a_minute_is_corrected() {
    let signed = SystemTime::now();
    for (off, corrected) in
        [(0, false), (59, false), (60, true), (3600, true)].map(|(s, is)| (Duration::from_secs(s), is))
    {
        assert_eq!(Clock::default().correct(signed, signed + off), corrected, "{off:?} behind");
        assert_eq!(Clock::default().correct(signed + off, signed), corrected, "{off:?} ahead");
    }
}
