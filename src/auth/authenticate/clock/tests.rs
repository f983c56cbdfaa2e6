use super::*;

#[test]
fn a_clock_is_corrected_that_is_a_minute_off_or_more() {
    let signed = SystemTime::now();
    for (off, corrected) in
        [(0, false), (59, false), (60, true), (3600, true)].map(|(s, is)| (Duration::from_secs(s), is))
    {
        assert_eq!(Clock::default().correct(signed, signed + off), corrected, "{off:?} behind");
        assert_eq!(Clock::default().correct(signed + off, signed), corrected, "{off:?} ahead");
    }
}
