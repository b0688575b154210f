package dev.lora4j.studio.run;

import java.util.Arrays;

/** Numbers of the steps of a training in their order; what is not known is NaN. */
final class LossRows {
  /** Places of the numbers of a row. */
  static final int LOSS = 0;

  static final int GRADIENT = 1;
  static final int RATE = 2;
  static final int VALIDATION = 3;
  static final int SECONDS = 4;
  static final int WIDTH = 5;

  private static final int FIRST = 256;

  private int[] steps = new int[FIRST];
  private float[] numbers = new float[FIRST * WIDTH];
  private int size;

  int size() {
    return size;
  }

  /** Adds a row; one of a step that is there already, or before it, is left out. */
  boolean add(int step, float... row) {
    if (size > 0 && step <= steps[size - 1]) {
      return false;
    }
    if (size == steps.length) {
      steps = Arrays.copyOf(steps, 2 * size);
      numbers = Arrays.copyOf(numbers, 2 * size * WIDTH);
    }
    steps[size] = step;
    System.arraycopy(row, 0, numbers, size * WIDTH, WIDTH);
    size++;
    return true;
  }

  void clear() {
    size = 0;
  }

  int step(int row) {
    return steps[row];
  }

  float number(int row, int place) {
    return numbers[row * WIDTH + place];
  }

  /** The first row after a step. */
  int after(int step) {
    int place = Arrays.binarySearch(steps, 0, size, step);
    return place >= 0 ? place + 1 : -place - 1;
  }
}
