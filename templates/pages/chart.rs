//! Answers over time in, a picture of them out: an SVG of our own, and the same as a table.
//!
//! Places along the time are shares of the width, heights are pixels: the words keep their size on a
//! telephone and on paper. The axis is time itself; a pause is as wide as it was long, and is shaded.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use crate::language::{grouped, share};
use crate::templates::pages::report::{count, moment, took};
use crate::templates::pages::tables::{caption, percent};

/// What was answered in a stretch of time.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// When the stretch ends.
    pub until: Timestamp,
    /// How many were accepted by then, in all.
    pub total: u64,
    /// How many of them in it.
    pub accepted: u64,
    /// How many were deferred in it.
    pub deferred: u64,
    /// How many were rejected in it.
    pub rejected: u64,
    /// How many became unknown in it.
    pub unknown: u64,
}

/// Acceptance over time.
#[derive(Debug)]
pub struct Chart<'c> {
    /// What its times are in.
    pub zone: &'c TimeZone,
    /// When the first stretch begins.
    pub start: Timestamp,
    /// How long each one is.
    pub step: SignedDuration,
    /// The stretches; there is one at least.
    pub moments: Vec<Moment>,
    /// How many recipients there are.
    pub recipients: u64,
    /// When nothing was sent, between two rounds.
    pub pauses: Vec<(Timestamp, Timestamp)>,
}

/// Where all of them accepted would be, and none: pixels from above.
const TOP: f64 = 28.0;
const BOTTOM: f64 = 248.0;
/// How high a row of bars is.
const ROW: f64 = 40.0;
/// Below the rows: the times.
const AXIS: f64 = 40.0;

/// How far apart ticks may be, in milliseconds.
const TICKS: [i64; 30] = [
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    90 * DAY,
];
const DAY: i64 = 86_400_000;

/// A row of bars below the curve: the word, the class, and how many there are in each stretch.
struct Row {
    word: &'static str,
    class: &'static str,
    numbers: Vec<u64>,
}

impl Chart<'_> {
    /// The picture, what it says in words, and the table behind it.
    pub(super) fn figure(&self) -> Markup {
        let rows = self.rows();
        #[expect(clippy::cast_precision_loss, reason = "there are three rows at most")]
        let floor = BOTTOM + 12.0 + rows.len() as f64 * ROW;
        html! {
            section aria-labelledby="over-time" {
                h2 id="over-time" { "Acceptance over time" }
                figure class="chart" {
                    svg width="100%" height=(floor + AXIS) role="img" aria-labelledby="chart-title chart-words" {
                        title id="chart-title" { "Share of recipients accepted, over time" }
                        desc id="chart-words" { (self.words()) }
                        (self.shade(floor))
                        (self.axes(floor))
                        (self.curve())
                        (quarters())
                        @for (number, row) in (0..).zip(&rows) { (self.bars(row, BOTTOM + 12.0 + f64::from(number) * ROW)) }
                    }
                    figcaption class="label" {
                        "Share of the recipients whose letter was accepted by then. Each step is " (took(self.step)) "."
                        @if !self.pauses.is_empty() { " Nothing was sent where it is shaded." }
                        @if !rows.is_empty() { " Bars say how many there were in each step, each row on a scale of its own." }
                    }
                }
                (self.table())
            }
        }
    }

    /// What the picture says.
    fn words(&self) -> String {
        let accepted = self.moments.last().map_or(0, |moment| moment.total);
        let half = self.moments.iter().find(|moment| moment.total * 2 >= accepted);
        let end = self.start + self.length();
        let mut words = format!(
            "From {} to {}, {} of {} recipients were accepted, {}.",
            self.at(self.start, "%-d %B %Y, %H:%M:%S"),
            self.at(end, "%-d %B %Y, %H:%M:%S"),
            grouped(accepted),
            grouped(self.recipients),
            share(accepted, self.recipients)
        );
        if let Some(half) = half.filter(|_| accepted > 1) {
            words.extend([" Half of these were by ", &self.at(half.until, "%H:%M:%S"), "."]);
        }
        for (from, to) in &self.pauses {
            let length = took(to.duration_since(*from));
            words.extend([" Then nothing was sent for ", &length, ", from "]);
            words.extend([&*self.at(*from, "%H:%M"), " on."]);
        }
        words
    }

    fn at(&self, moment: Timestamp, format: &str) -> String {
        moment.to_zoned(self.zone.clone()).strftime(format).to_string()
    }

    fn length(&self) -> SignedDuration {
        self.step * i32::try_from(self.moments.len()).unwrap_or(i32::MAX)
    }

    /// Where a moment is, in hundredths of the width.
    fn x(&self, at: Timestamp) -> f64 {
        let share = at.duration_since(self.start).as_secs_f64() / self.length().as_secs_f64();
        (share * 100.0).clamp(0.0, 100.0)
    }

    /// The pauses.
    fn shade(&self, floor: f64) -> Markup {
        html! {
            @for (from, to) in &self.pauses {
                @let (left, right) = (self.x(*from), self.x(*to));
                rect class="pause" x=(format!("{left:.2}%")) y=(TOP) width=(format!("{:.2}%", right - left)) height=(floor - TOP) {}
                @if right - left > 38.0 {
                    text class="quiet" x=(format!("{:.2}%", f64::midpoint(left, right))) y=(BOTTOM - 10.0) text-anchor="middle" {
                        "pause of " (took(to.duration_since(*from)))
                    }
                }
            }
        }
    }

    /// Quarters as lines, and the times.
    fn axes(&self, floor: f64) -> Markup {
        html! {
            @for quarter in 0..=4_u8 {
                line.grid.ground[quarter == 0] x1="0" x2="100%" y1=(height(quarter)) y2=(height(quarter)) {}
            }
            @for (at, day) in self.ticks() {
                @let x = self.x(at);
                @let anchor = if x < 8.0 { "start" } else if x > 92.0 { "end" } else { "middle" };
                line class="tick" x1=(format!("{x:.2}%")) x2=(format!("{x:.2}%")) y1=(floor) y2=(floor + 5.0) {}
                text x=(format!("{x:.2}%")) y=(floor + 19.0) text-anchor=(anchor) { (self.tick(at)) }
                @if day { text class="quiet" x=(format!("{x:.2}%")) y=(floor + 34.0) text-anchor=(anchor) { (self.day(at)) } }
            }
            line class="ground" x1="0" x2="100%" y1=(floor) y2=(floor) {}
        }
    }

    /// What is written at a tick.
    fn tick(&self, at: Timestamp) -> String {
        let format = match self.distance() {
            ..1_000 => "%S%.3f s",
            1_000..60_000 => "%H:%M:%S",
            _ => "%H:%M",
        };
        self.at(at, format)
    }

    /// What is written below the first tick of a day.
    fn day(&self, at: Timestamp) -> String {
        self.at(at, if self.distance() < 1_000 { "%-d %b, %H:%M" } else { "%-d %b" })
    }

    /// How far apart the ticks are: there are six at most, or five where each is longer, which a
    /// telephone has room for.
    fn distance(&self) -> i64 {
        let length = i64::try_from(self.length().as_millis()).unwrap_or(i64::MAX);
        let most = |tick: i64| if tick < 60_000 { 4 } else { 5 };
        TICKS.into_iter().find(|tick| length / tick < most(*tick)).unwrap_or(length.max(1))
    }

    /// The times that are written, and whether the day is, too: at the first of each.
    fn ticks(&self) -> Vec<(Timestamp, bool)> {
        let (distance, start) = (self.distance(), self.start.as_millisecond());
        let offset = i64::from(self.zone.to_offset(self.start).seconds()) * 1_000;
        let end = (self.start + self.length()).as_millisecond();
        let first = (start + offset).div_euclid(distance) * distance - offset;
        let mut before = None;
        let mut ticks = Vec::new();
        let mut next = if first < start { first + distance } else { first };
        while next <= end {
            let at = Timestamp::from_millisecond(next).unwrap_or_default();
            let day = at.to_zoned(self.zone.clone()).date();
            ticks.push((at, before != Some(day)));
            before = Some(day);
            next += distance;
        }
        ticks
    }

    /// The share that is accepted.
    fn curve(&self) -> Markup {
        let mut line = "0 100".to_owned();
        for moment in &self.moments {
            let (x, y) = (self.x(moment.until), 100.0 - percent(moment.total, self.recipients));
            write!(line, " {x:.2} {y:.2}").expect("a string takes it");
        }
        let last = self.moments.last().map_or(0, |moment| moment.total);
        let y = BOTTOM - (BOTTOM - TOP) * percent(last, self.recipients) / 100.0;
        html! {
            svg x="0" y=(TOP) width="100%" height=(BOTTOM - TOP) viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible" {
                polygon class="area" points={ (line) " 100 100" } {}
                polyline class="line" points=(line) vector-effect="non-scaling-stroke" {}
            }
            text class="end" x="100%" y=(y - 8.0) text-anchor="end" { (share(last, self.recipients)) " accepted" }
        }
    }

    /// What there are bars of.
    fn rows(&self) -> Vec<Row> {
        let row = |word, class, number: fn(&Moment) -> u64| Row {
            word,
            class,
            numbers: self.moments.iter().map(number).collect(),
        };
        let mut rows = vec![
            row("deferred", "wait", |moment| moment.deferred),
            row("rejected", "bad", |moment| moment.rejected),
            row("unknown", "doubt", |moment| moment.unknown),
        ];
        rows.retain(|row| row.numbers.iter().any(|number| *number > 0));
        rows
    }

    /// A row of bars: one for each stretch in which there were any.
    fn bars(&self, row: &Row, y: f64) -> Markup {
        let most = row.numbers.iter().copied().max().unwrap_or_default();
        let all: u64 = row.numbers.iter().sum();
        html! {
            text class=(row.class) x="0" y=(y + 10.0) { (row.word) " " (count(all, "time")) }
            g class=(row.class) {
                @for (moment, number) in self.moments.iter().zip(&row.numbers) {
                    @if *number > 0 {
                        @let x = self.x(moment.until - self.step);
                        @let width = (self.x(moment.until) - x) * 0.8;
                        @let tall = 3.0 + 13.0 * percent(*number, most) / 100.0;
                        rect x=(format!("{x:.2}%")) width=(format!("{width:.2}%")) y=(format!("{:.1}", y + 32.0 - tall)) height=(format!("{tall:.1}")) {}
                    }
                }
            }
            line class="grid" x1="0" x2="100%" y1=(y + 32.5) y2=(y + 32.5) {}
        }
    }

    /// The same as a table: the stretches in which something was answered.
    fn table(&self) -> Markup {
        let told = |moment: &&Moment| {
            moment.accepted + moment.deferred + moment.rejected + moment.unknown > 0
        };
        html! {
            details {
                summary { "The chart as a table" }
                div class="wide" role="region" aria-label="The chart as a table" tabindex="0" {
                    table {
                        (caption(&format!("Answers in each step of {} in which there were any.", took(self.step))))
                        thead { tr {
                            th scope="col" { "Until" }
                            th scope="col" class="number" { "Accepted by then" }
                            th scope="col" class="number" { "Share" }
                            th scope="col" class="number" { "Accepted" }
                            th scope="col" class="number" { "Deferred" }
                            th scope="col" class="number" { "Rejected" }
                            th scope="col" class="number" { "Unknown" }
                        } }
                        tbody {
                            @for moment in self.moments.iter().filter(told) {
                                tr {
                                    th scope="row" { (self::moment(moment.until, self.zone)) }
                                    td class="number" { (grouped(moment.total)) }
                                    td class="number" { (share(moment.total, self.recipients)) }
                                    @for number in [moment.accepted, moment.deferred, moment.rejected, moment.unknown] {
                                        td.number.none[number == 0] { (grouped(number)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How high a quarter is.
fn height(quarter: u8) -> f64 {
    BOTTOM - (BOTTOM - TOP) * f64::from(quarter) / 4.0
}

/// What is written at the quarters, above the curve.
fn quarters() -> Markup {
    html! {
        @for quarter in 1..=4_u8 {
            text x="0" y=(height(quarter) - 5.0) { (quarter * 25) "%" }
        }
    }
}
