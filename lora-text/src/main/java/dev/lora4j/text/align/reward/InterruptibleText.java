package dev.lora4j.text.align.reward;

import java.util.concurrent.CancellationException;

/**
 * Text whose reading ends when the thread is interrupted: matching some patterns takes as good as
 * forever, and only reads.
 */
record InterruptibleText(String text) implements CharSequence {
  @Override
  public int length() {
    return text.length();
  }

  @Override
  public char charAt(int index) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("Interrupted.");
    }
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new InterruptibleText(text.substring(start, end));
  }

  @Override
  public String toString() {
    return text;
  }
}
