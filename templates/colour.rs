//! A colour as `#rrggbb` in, its contrast with another and the nearest that can be read out.

use std::fmt;

/// The least contrast of a text with what it stands on (WCAG 2.2, success criterion 1.4.3).
pub const CONTRAST_MIN: f64 = 4.5;

/// How many steps of lightness are tried between black and white: finer than 8 bits can show.
const STEPS: u32 = 1_024;

/// A colour of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// Red, green and blue.
    pub channels: [u8; 3],
}

impl Colour {
    /// Reads `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self { channels: [channel(0)?, channel(2)?, channel(4)?] })
    }

    /// Relative luminance (WCAG 2.2, §Terms): 0 is black, 1 is white.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.channels.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast with another colour (WCAG 2.2, §Terms): from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Whether a text of this colour can be read on a ground.
    #[must_use]
    pub fn can_be_read_on(self, ground: Self) -> bool {
        self.contrast(ground) >= CONTRAST_MIN
    }

    /// The lightness of HSL, from 0 to 1.
    #[must_use]
    pub fn lightness(self) -> f64 {
        let (least, most) = self.extremes();
        f64::midpoint(least, most)
    }

    /// The colour of the same hue and saturation that can be read on every ground and differs least
    /// in lightness; `None` where the grounds leave no room, which a single one never does.
    #[must_use]
    pub fn nearest_that_can_be_read_on(self, grounds: &[Self]) -> Option<Self> {
        let own = self.lightness();
        let candidates = (0..=STEPS).map(|step| {
            let lightness = f64::from(step) / f64::from(STEPS);
            (lightness, self.with_lightness(lightness))
        });
        candidates
            .filter(|(_, colour)| grounds.iter().all(|ground| colour.can_be_read_on(*ground)))
            .min_by(|(one, _), (two, _)| (one - own).abs().total_cmp(&(two - own).abs()))
            .map(|(_, colour)| colour)
    }

    /// The same hue and saturation with another lightness. In HSL, unlike in other spaces, that is
    /// always a colour that can be shown, and lighter never has less luminance.
    fn with_lightness(self, lightness: f64) -> Self {
        let (least, most) = self.extremes();
        let own = f64::midpoint(least, most);
        let range = |lightness: f64| 1.0 - (2.0 * lightness - 1.0).abs();
        let saturation = if most > least { (most - least) / range(own) } else { 0.0 };
        let spread = saturation * range(lightness);
        let channels = self.channels.map(|channel| {
            let value = f64::from(channel) / 255.0;
            let place = if most > least { (value - least) / (most - least) } else { 0.0 };
            byte(lightness + spread * (place - 0.5))
        });
        Self { channels }
    }

    fn extremes(self) -> (f64, f64) {
        let [red, green, blue] = self.channels.map(|channel| f64::from(channel) / 255.0);
        (red.min(green).min(blue), red.max(green).max(blue))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it was rounded and brought between 0 and 255"
)]
fn byte(value: f64) -> u8 {
    (value * 255.0).round().clamp(0.0, 255.0) as u8
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.channels;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}
