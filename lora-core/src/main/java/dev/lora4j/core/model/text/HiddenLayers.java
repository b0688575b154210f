package dev.lora4j.core.model.text;

import java.util.List;

/**
 * Several layers of a text encoder whose hidden states stand side by side, token by token. The
 * final norm comes after those of the last layer alone, as in the list of hidden states of
 * transformers.
 *
 * @param numbers numbers of layers before them, ascending: 1 for those after the first layer
 */
public record HiddenLayers(List<Integer> numbers) implements HiddenView {
  /** Copies the list, and checks that it ascends. */
  public HiddenLayers {
    numbers = List.copyOf(numbers);
    int last = 0;
    for (int number : numbers) {
      if (number <= last) {
        throw new IllegalArgumentException(
            "Numbers of layers are at least 1 and ascend, found " + numbers + ".");
      }
      last = number;
    }
    if (numbers.isEmpty()) {
      throw new IllegalArgumentException("Hidden states are those of one layer at least.");
    }
  }

  @Override
  public int count() {
    return numbers.size();
  }

  @Override
  public List<Integer> after(int all) {
    int last = numbers.get(numbers.size() - 1);
    if (last > all) {
      throw new IllegalArgumentException(
          "A text encoder of "
              + all
              + " layers has no hidden states of layer "
              + last
              + "; its denoiser takes those of "
              + numbers
              + ".");
    }
    return numbers;
  }

  @Override
  public boolean normed(int after, int all) {
    return after == all;
  }

  @Override
  public HiddenLayer single() {
    throw new IllegalArgumentException(
        "This text encoder gives the hidden states of one layer, and its denoiser takes those of "
            + numbers
            + "; it must be a decoder such as Qwen3.");
  }
}
