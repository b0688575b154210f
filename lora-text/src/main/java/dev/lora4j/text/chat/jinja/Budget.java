package dev.lora4j.text.chat.jinja;

import java.util.concurrent.CancellationException;

/**
 * Budget of a template while it runs: templates come with models, and some of them would never end
 * or fill the memory. Counted for the thread that renders.
 */
final class Budget {
  /** Steps of any kind: a few seconds. */
  private static final long MOST_WORK = 200_000_000L;

  /** Characters that are made in all, intermediate texts included; an element counts for some. */
  private static final long MOST_MADE = 256L << 20;

  /** Cost of a list's element, in characters. */
  private static final int ELEMENT = 16;

  /** Greatest nesting depth of macros, values and expressions. */
  private static final int DEEPEST = 200;

  private static final int LOOK = 1 << 12;

  private static final ThreadLocal<Budget> CURRENT = ThreadLocal.withInitial(Budget::new);

  private long work;
  private long made;
  private long looked;
  private int depth;

  private Budget() {}

  /** Resets the budget of this thread. */
  static void begin() {
    CURRENT.set(new Budget());
  }

  /** Forgets what was counted. */
  static void end() {
    CURRENT.remove();
  }

  /**
   * Counts steps.
   *
   * @throws JinjaException if there are too many
   * @throws CancellationException if the thread is interrupted
   */
  static void work(long steps) {
    Budget budget = CURRENT.get();
    budget.work += steps;
    if (budget.work > MOST_WORK) {
      throw JinjaException.of("the template does not come to an end");
    }
    if (budget.work - budget.looked > LOOK) {
      budget.looked = budget.work;
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the chat template was interrupted");
      }
    }
  }

  /** Counts the steps of looking for a text in another. */
  static void search(String text, String part) {
    work(text.length() + (long) text.length() * part.length() / ELEMENT);
  }

  /**
   * Counts a text that is about to be made.
   *
   * @throws JinjaException if it or all of them together are too long
   */
  static void text(double length) {
    grown(0, length);
  }

  /**
   * Counts what is about to be written behind a text.
   *
   * @param before characters that it has
   * @throws JinjaException if it or all of them together are too long
   */
  static void grown(long before, double more) {
    if (before + more > JinjaTemplate.LONGEST) {
      throw JinjaException.of(
          "a text would have more than " + JinjaTemplate.LONGEST + " characters");
    }
    made((long) more);
  }

  /**
   * Counts a list that is about to be made.
   *
   * @throws JinjaException if it or all of them together are too long
   */
  static void list(long size) {
    if (size > JinjaTemplate.MOST_ELEMENTS) {
      throw JinjaException.of(
          "a list would have more than " + JinjaTemplate.MOST_ELEMENTS + " elements");
    }
    made(size * ELEMENT);
  }

  private static void made(long size) {
    work(size / ELEMENT + 1);
    Budget budget = CURRENT.get();
    budget.made += size;
    if (budget.made > MOST_MADE) {
      throw JinjaException.of(
          "the template makes texts and lists of more than " + MOST_MADE + " characters in all");
    }
  }

  /** Enters a level; {@linkplain #rise} leaves it again. */
  static void sink() {
    Budget budget = CURRENT.get();
    if (++budget.depth > DEEPEST) {
      budget.depth--;
      throw JinjaException.of(
          "macros call each other without an end, or values are in each other more than "
              + DEEPEST
              + " deep");
    }
  }

  /** Leaves a level. */
  static void rise() {
    CURRENT.get().depth--;
  }
}
