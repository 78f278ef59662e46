//! Recipients in, the same with those of one domain as far apart as possible out.

use std::collections::HashMap;

/// Puts items into an order in which those of the same domain are far from each other.
///
/// Of `n` items, `m` of which share the most frequent domain, two of one domain are
/// `n / m - 1` places apart at least. Those of one domain stay in their order. Takes linear time.
///
/// The items are dealt to `m` hands, domain by domain, the most frequent first, each to the next
/// hand: none gets two of one domain. Then the hands are laid out one after the other.
pub fn interleave<T>(items: Vec<T>, domain: impl Fn(&T) -> &str) -> Vec<T> {
    let (groups, sizes) = group(&items, domain);
    let Some(hands) = sizes.iter().copied().max().filter(|most| *most > 1) else { return items };
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|group| std::cmp::Reverse(sizes[*group]));

    // Hand `h` begins where those before it end; the first `long` of them have one more.
    let (short, long) = (items.len() / hands, items.len() % hands);
    let begin = |hand: usize| hand * short + hand.min(long);
    // Where the items of each group go, in their order.
    let mut places = vec![Vec::new(); sizes.len()];
    let mut dealt = 0;
    for group in order {
        let slots = (dealt..dealt + sizes[group]).map(|card| begin(card % hands) + card / hands);
        places[group] = slots.collect();
        places[group].sort_unstable_by_key(|place| std::cmp::Reverse(*place));
        dealt += sizes[group];
    }

    let mut laid: Vec<Option<T>> = Vec::new();
    laid.resize_with(items.len(), || None);
    for (item, group) in items.into_iter().zip(groups) {
        let place = places[group].pop().and_then(|place| laid.get_mut(place));
        if let Some(place) = place {
            *place = Some(item);
        }
    }
    laid.into_iter().flatten().collect()
}

/// The group of each item, by first appearance, and how many are in each group.
fn group<T>(items: &[T], domain: impl Fn(&T) -> &str) -> (Vec<usize>, Vec<usize>) {
    let (mut known, mut sizes) = (HashMap::new(), Vec::new());
    let groups = items
        .iter()
        .map(|item| {
            let group = *known.entry(domain(item)).or_insert(sizes.len());
            if group == sizes.len() {
                sizes.push(0);
            }
            sizes[group] += 1;
            group
        })
        .collect();
    (groups, sizes)
}
