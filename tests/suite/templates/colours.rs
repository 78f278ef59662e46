//! Any two colours in, a contrast and the nearest that can be read out.

use newsletter::templates::{CONTRAST_MIN, Colour, Theme};
use proptest::prelude::*;

use crate::desk;

fn colour() -> impl Strategy<Value = Colour> {
    any::<[u8; 3]>().prop_map(|channels| Colour { channels })
}

/// Every colour of a hue and saturation, as close as 8 bits come: what a search over all of HSL's
/// lightness finds without the code under test.
fn shades(of: Colour) -> Vec<Colour> {
    let [red, green, blue] = of.channels.map(|channel| f64::from(channel) / 255.0);
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let lightness = f64::midpoint(most, least);
    let chroma = most - least;
    let saturation =
        if chroma == 0.0 { 0.0 } else { chroma / (1.0 - (2.0 * lightness - 1.0).abs()) };
    let shade = |step: i32| {
        let lightness = f64::from(step) / 4_000.0;
        let spread = saturation * (1.0 - (2.0 * lightness - 1.0).abs());
        let channel = |value: f64| {
            let place = if chroma == 0.0 { 0.5 } else { (value - least) / chroma };
            let byte = ((lightness + spread * (place - 0.5)) * 255.0).round();
            (0..=255_u8).find(|known| f64::from(*known) >= byte).unwrap_or(255)
        };
        Colour { channels: [channel(red), channel(green), channel(blue)] }
    };
    (0..=4_000).map(shade).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_proposed_can_be_read_and_nothing_nearer_can(text in colour(), ground in colour()) {
        let nearest = text.nearest_that_can_be_read_on(&[ground]).expect("black or white can");
        prop_assert!(nearest.contrast(ground) >= CONTRAST_MIN, "{nearest} on {ground}");
        let far = (nearest.lightness() - text.lightness()).abs();
        // Rounding to 8 bits moves the lightness by half a step, twice.
        let nearer = shades(text).into_iter().find(|shade| {
            shade.can_be_read_on(ground)
                && (shade.lightness() - text.lightness()).abs() < far - 2.0 / 255.0
        });
        prop_assert_eq!(nearer, None, "{} is proposed for {} on {}", nearest, text, ground);
    }

    #[test]
    fn a_colour_that_can_be_read_stays(text in colour(), ground in colour()) {
        prop_assume!(text.can_be_read_on(ground));
        let nearest = text.nearest_that_can_be_read_on(&[ground]).expect("the colour itself");
        let apart = |at: usize| text.channels[at].abs_diff(nearest.channels[at]);
        prop_assert!((0..3).all(|at| apart(at) <= 3), "{text} becomes {nearest}");
    }

    #[test]
    fn contrast_is_the_same_from_both_sides(one in colour(), two in colour()) {
        prop_assert!((one.contrast(two) - two.contrast(one)).abs() < 1e-12);
        prop_assert!((1.0..=21.001).contains(&one.contrast(two)));
        prop_assert_eq!(Colour::parse(&one.to_string()), Some(one));
    }
}

#[test]
fn contrast_is_that_of_wcag() {
    let colour = |text: &str| Colour::parse(text).expect("a colour");
    let black_on_white = colour("#000000").contrast(colour("#ffffff"));
    assert!((black_on_white - 21.0).abs() < 1e-9);
    // The greys on both sides of the line, from WCAG's own understanding document.
    assert!(colour("#767676").can_be_read_on(colour("#ffffff")));
    assert!(!colour("#777777").can_be_read_on(colour("#ffffff")));
}

#[test]
fn grounds_that_allow_one_way_only_are_left_that_way() {
    let colour = |text: &str| Colour::parse(text).expect("a colour");
    let nearest = |text: &str, grounds: &[&str]| {
        let grounds: Vec<_> = grounds.iter().map(|ground| colour(ground)).collect();
        colour(text).nearest_that_can_be_read_on(&grounds).map(|found| found.to_string())
    };
    assert_eq!(nearest("#eeeeee", &["#ffffff"]).as_deref(), Some("#767676"));
    assert_eq!(nearest("#222222", &["#000000"]).as_deref(), Some("#757575"));
    assert_eq!(nearest("#bbbbbb", &["#ffffff", "#000000"]).as_deref(), Some("#767676"));
    assert_eq!(nearest("#888888", &["#000000", "#777777"]), None);
}

#[test]
fn every_theme_that_is_built_in_is_good_and_like_no_other() {
    let themes = Theme::names().map(desk::theme);
    for (at, theme) in themes.iter().enumerate() {
        for other in &themes[..at] {
            assert_ne!(theme.faces.headings, other.faces.headings);
            assert_ne!(theme.light, other.light);
            assert_ne!(
                (theme.centred, theme.rules, theme.light.band),
                (other.centred, other.rules, other.light.band)
            );
        }
    }
}
