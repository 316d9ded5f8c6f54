//! A queue of deliveries that are tried again until they arrive or are given up.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// How often a delivery is tried, and how long it waits in between.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryPolicy {
    pub max_attempts: u32,
    pub initial_delay: Duration,
    pub multiplier: f64,
    pub max_delay: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            max_attempts: 5,
            initial_delay: Duration::from_millis(250),
            multiplier: 2.0,
            max_delay: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// The pause before an attempt; `None` if there is to be no other one.
    pub fn delay_before(&self, attempt: u32) -> Option<Duration> {
        if attempt >= self.max_attempts {
            return None;
        }
        let factor = self.multiplier.powi(attempt as i32 - 1);
        let delay = self.initial_delay.mul_f64(factor.max(0.0));
        Some(delay.min(self.max_delay))
    }
}

#[derive(Debug)]
pub enum DeliveryError {
    Refused { status: u16, body: String },
    Timeout(Duration),
    Unreachable(std::io::Error),
}

impl std::fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DeliveryError::Refused { status, body } => {
                write!(f, "the receiver answered {status}: {}", body.lines().next().unwrap_or(""))
            }
            DeliveryError::Timeout(after) => write!(f, "no answer after {after:?}"),
            DeliveryError::Unreachable(error) => write!(f, "cannot be reached: {error}"),
        }
    }
}

pub trait Courier {
    fn deliver(&mut self, parcel: &Parcel) -> Result<Receipt, DeliveryError>;
}

#[derive(Debug, Clone)]
pub struct Parcel {
    pub id: u64,
    pub address: String,
    pub payload: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Receipt(pub u64);

pub struct Queue<C: Courier> {
    courier: C,
    policy: RetryPolicy,
    waiting: BTreeMap<Instant, Vec<(Parcel, u32)>>,
    given_up: HashMap<u64, DeliveryError>,
}

impl<C: Courier> Queue<C> {
    pub fn new(courier: C, policy: RetryPolicy) -> Self {
        Queue { courier, policy, waiting: BTreeMap::new(), given_up: HashMap::new() }
    }

    pub fn push(&mut self, parcel: Parcel, now: Instant) {
        self.waiting.entry(now).or_default().push((parcel, 0));
    }

    /// Tries all that are due; the receipts of those that have arrived.
    pub fn run(&mut self, now: Instant) -> Vec<Receipt> {
        let later = self.waiting.split_off(&(now + Duration::from_nanos(1)));
        let due = std::mem::replace(&mut self.waiting, later);
        let mut receipts = Vec::new();
        for (parcel, attempts) in due.into_values().flatten() {
            match self.courier.deliver(&parcel) {
                Ok(receipt) => receipts.push(receipt),
                Err(error) => match self.policy.delay_before(attempts + 1) {
                    Some(delay) => {
                        let slot = self.waiting.entry(now + delay).or_default();
                        slot.push((parcel, attempts + 1));
                    }
                    None => {
                        self.given_up.insert(parcel.id, error);
                    }
                },
            }
        }
        receipts
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.values().all(|parcels| parcels.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Flaky {
        failures: u32,
    }

    impl Courier for Flaky {
        fn deliver(&mut self, parcel: &Parcel) -> Result<Receipt, DeliveryError> {
            if self.failures > 0 {
                self.failures -= 1;
                return Err(DeliveryError::Timeout(Duration::from_secs(3)));
            }
            Ok(Receipt(parcel.id))
        }
    }

    #[test]
    fn arrives_after_some_attempts() {
        let start = Instant::now();
        let mut queue = Queue::new(Flaky { failures: 2 }, RetryPolicy::default());
        queue.push(Parcel { id: 7, address: "https://example.test/hook".into(), payload: vec![1, 2, 3] }, start);
        assert!(queue.run(start).is_empty());
        assert!(queue.run(start + Duration::from_millis(250)).is_empty());
        assert_eq!(queue.run(start + Duration::from_secs(2)), vec![Receipt(7)]);
        assert!(queue.is_empty());
    }
}
