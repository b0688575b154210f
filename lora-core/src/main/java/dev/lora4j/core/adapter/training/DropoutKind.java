package dev.lora4j.core.adapter.training;

/** Where something is left out by chance while an adapter is trained. */
public enum DropoutKind {
  /** Elements of the input that the factors see: PEFT's {@code lora_dropout}. */
  INPUT(0),
  /** Elements of what comes out of the first factor: kohya's {@code network_dropout}. */
  NETWORK(1),
  /**
   * Whole directions between the factors, of each sample by itself (kohya's {@code rank_dropout});
   * of methods without directions, rows of the change (LyCORIS's).
   */
  RANK(2),
  /** The whole adapter of a layer for one step: kohya's {@code module_dropout}. */
  MODULE(3);

  private final int stream;

  DropoutKind(int stream) {
    this.stream = stream;
  }

  /** Which of a layer's streams of random numbers is its own; a run that goes on needs the same. */
  public int stream() {
    return stream;
  }
}
