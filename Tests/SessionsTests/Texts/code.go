// Package ledger keeps accounts and moves money between them.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sort"
	"sync"
	"time"
)

// ErrInsufficientFunds is returned when an account holds less than is asked for.
var ErrInsufficientFunds = errors.New("ledger: insufficient funds")

// Account is one holder's money in one currency.
type Account struct {
	ID       int64
	Owner    string
	Currency string
	Balance  int64
	Updated  time.Time
}

// Transfer describes a movement of money.
type Transfer struct {
	From, To int64
	Amount   int64
	Note     string
}

// Store is where accounts are kept.
type Store interface {
	Load(ctx context.Context, id int64) (*Account, error)
	Save(ctx context.Context, account *Account) error
}

// Ledger serializes transfers that touch the same accounts.
type Ledger struct {
	store Store
	mu    sync.Mutex
	locks map[int64]*sync.Mutex
	clock func() time.Time
}

func New(store Store) *Ledger {
	return &Ledger{store: store, locks: make(map[int64]*sync.Mutex), clock: time.Now}
}

func (l *Ledger) lock(ids ...int64) func() {
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	held := make([]*sync.Mutex, 0, len(ids))
	for _, id := range ids {
		l.mu.Lock()
		m, ok := l.locks[id]
		if !ok {
			m = new(sync.Mutex)
			l.locks[id] = m
		}
		l.mu.Unlock()
		m.Lock()
		held = append(held, m)
	}
	return func() {
		for i := len(held) - 1; i >= 0; i-- {
			held[i].Unlock()
		}
	}
}

// Move carries out a transfer, or nothing at all.
func (l *Ledger) Move(ctx context.Context, t Transfer) error {
	if t.Amount <= 0 {
		return fmt.Errorf("ledger: amount %d is not positive", t.Amount)
	}
	if t.From == t.To {
		return nil
	}
	defer l.lock(t.From, t.To)()
	from, err := l.store.Load(ctx, t.From)
	if err != nil {
		return fmt.Errorf("load account %d: %w", t.From, err)
	}
	to, err := l.store.Load(ctx, t.To)
	if err != nil {
		return fmt.Errorf("load account %d: %w", t.To, err)
	}
	if from.Currency != to.Currency {
		return fmt.Errorf("ledger: %s cannot be moved to %s", from.Currency, to.Currency)
	}
	if from.Balance < t.Amount {
		return fmt.Errorf("%w: %d of %d", ErrInsufficientFunds, from.Balance, t.Amount)
	}
	now := l.clock()
	from.Balance, from.Updated = from.Balance-t.Amount, now
	to.Balance, to.Updated = to.Balance+t.Amount, now
	if err := l.store.Save(ctx, from); err != nil {
		return err
	}
	return l.store.Save(ctx, to)
}

type sqlStore struct{ db *sql.DB }

func (s sqlStore) Load(ctx context.Context, id int64) (*Account, error) {
	row := s.db.QueryRowContext(ctx, `SELECT id, owner, currency, balance, updated FROM accounts WHERE id = ?`, id)
	var a Account
	if err := row.Scan(&a.ID, &a.Owner, &a.Currency, &a.Balance, &a.Updated); err != nil {
		return nil, err
	}
	return &a, nil
}

func (s sqlStore) Save(ctx context.Context, a *Account) error {
	_, err := s.db.ExecContext(ctx, `UPDATE accounts SET balance = ?, updated = ? WHERE id = ?`, a.Balance, a.Updated, a.ID)
	return err
}
