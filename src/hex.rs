//! Bytes as hexadecimal digits.

/// Bytes in lower-case digits.
pub(crate) fn lower(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 0xf)]));
    }
    text
}

/// Appends a byte as percent-encoding has it, with upper-case digits.
pub(crate) fn push_percent(text: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    text.push('%');
    text.push(char::from(DIGITS[usize::from(byte >> 4)]));
    text.push(char::from(DIGITS[usize::from(byte & 0xf)]));
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_byte_has_two_digits() {
        let bytes: Vec<u8> = (0..=255).collect();
        let expected: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(super::lower(&bytes), expected.concat());
        let mut text = String::new();
        for byte in bytes {
            super::push_percent(&mut text, byte);
        }
        assert_eq!(text, expected.iter().map(|digits| format!("%{digits}").to_uppercase()).collect::<String>());
    }
}
