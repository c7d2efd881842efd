//! L-BFGS (Nocedal, Updating quasi-Newton matrices with limited storage, 1980), with a backtracking line search.

use std::collections::VecDeque;

/// Curvature pairs that are remembered.
const MEMORY: usize = 8;

/// Sufficient decrease (Armijo), as usual.
const DECREASE: f64 = 1e-4;

/// The loss changes by less than this share: done.
const SETTLED: f64 = 1e-7;

struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    curvature: f64,
}

/// Minimises a smooth convex loss from the origin.
pub(super) fn minimise(
    size: usize,
    most_steps: usize,
    mut loss: impl FnMut(&[f64], &mut [f64]) -> f64,
    mut progress: impl FnMut(usize, f64),
) -> Vec<f64> {
    let mut at = vec![0.0; size];
    let mut gradient = vec![0.0; size];
    let mut next_gradient = vec![0.0; size];
    let mut value = loss(&at, &mut gradient);
    let mut pairs: VecDeque<Pair> = VecDeque::new();
    for step in 1..=most_steps {
        let direction = direction(&gradient, &pairs);
        let slope = dot(&gradient, &direction);
        if slope >= 0.0 {
            break;
        }
        let mut length = if pairs.is_empty() {
            1.0 / dot(&gradient, &gradient).sqrt().max(1e-12)
        } else {
            1.0
        };
        let mut next = moved(&at, &direction, length);
        let mut next_value = loss(&next, &mut next_gradient);
        for _ in 0..20 {
            if next_value <= value + DECREASE * length * slope {
                break;
            }
            length /= 2.0;
            next = moved(&at, &direction, length);
            next_value = loss(&next, &mut next_gradient);
        }
        remember(
            &mut pairs,
            difference(&next, &at),
            difference(&next_gradient, &gradient),
        );
        let gained = value - next_value;
        (at, value) = (next, next_value);
        std::mem::swap(&mut gradient, &mut next_gradient);
        progress(step, value);
        if gained < SETTLED * value.abs() {
            break;
        }
    }
    at
}

/// The two-loop recursion.
fn direction(gradient: &[f64], pairs: &VecDeque<Pair>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut shares = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let share = dot(&pair.step, &direction) / pair.curvature;
        add(&mut direction, -share, &pair.change);
        shares.push(share);
    }
    if let Some(last) = pairs.back() {
        let scale = last.curvature / dot(&last.change, &last.change);
        direction.iter_mut().for_each(|d| *d *= scale);
    }
    for (pair, share) in pairs.iter().zip(shares.iter().rev()) {
        let back = dot(&pair.change, &direction) / pair.curvature;
        add(&mut direction, share - back, &pair.step);
    }
    direction
}

/// Only pairs with positive curvature: rounding can break it near the optimum.
fn remember(pairs: &mut VecDeque<Pair>, step: Vec<f64>, change: Vec<f64>) {
    let curvature = dot(&step, &change);
    if curvature > 1e-18 {
        if pairs.len() == MEMORY {
            pairs.pop_front();
        }
        pairs.push_back(Pair {
            step,
            change,
            curvature,
        });
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], share: f64, what: &[f64]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += share * what;
    }
}

fn moved(at: &[f64], direction: &[f64], length: f64) -> Vec<f64> {
    at.iter()
        .zip(direction)
        .map(|(at, direction)| at + length * direction)
        .collect()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}
