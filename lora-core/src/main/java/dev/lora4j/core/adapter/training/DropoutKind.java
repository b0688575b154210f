package dev.lora4j.core.adapter.training;

/** Kind of dropout during the training of an adapter. */
public enum DropoutKind {
  /** Elements of the input that the factors see: PEFT's {@code lora_dropout}. */
  INPUT(0),
  /** Elements of the first factor's output: kohya's {@code network_dropout}. */
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

  /**
   * Number of the layer's random stream that this kind draws from; a resumed run needs the same
   * number.
   */
  public int stream() {
    return stream;
  }
}
