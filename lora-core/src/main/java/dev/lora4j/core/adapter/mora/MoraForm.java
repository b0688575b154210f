package dev.lora4j.core.adapter.mora;

import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** How inputs become as many as the matrix has columns, and its rows as many as the outputs. */
enum MoraForm {
  /** Groups of inputs are added up, so that input j meets column j mod size; rows are repeated. */
  SHARED(1),
  /** Neighbours are added up; each row has several outputs beside each other. */
  NEIGHBOURS(2),
  /** Neighbours are added up; rows are repeated. */
  NEIGHBOURING_INPUTS(3),
  /** Groups are added up; each row has several outputs beside each other. */
  NEIGHBOURING_OUTPUTS(4),
  /** Each group of inputs is turned by angles of its own and meets the matrix alone. */
  TURNED(6);

  private final int type;

  MoraForm(int type) {
    this.type = type;
  }

  /** The paper's code has numbers for them. */
  static Optional<MoraForm> of(long type) {
    return Stream.of(values()).filter(form -> form.type == type).findFirst();
  }

  /** Number of the form. */
  int type() {
    return type;
  }

  boolean neighbouringInputs() {
    return this == NEIGHBOURS || this == NEIGHBOURING_INPUTS;
  }

  boolean neighbouringOutputs() {
    return this == NEIGHBOURS || this == NEIGHBOURING_OUTPUTS;
  }

  /**
   * Size of the matrix that has about as many numbers as a LoRA of a rank.
   *
   * @param rank of that LoRA
   */
  long size(long rank, long in, long out) {
    long size = (long) (Math.sqrt((double) (in + out) * rank) + 0.5);
    return this == TURNED ? size / 2 * 2 : size;
  }

  /** The least rank whose matrix has this size; of a size that no rank has, the nearest. */
  long rank(long size, long in, long out) {
    long least = Math.max(1, size * size / (in + out));
    long most = (size + 2) * (size + 2) / (in + out) + 1;
    return LongStream.rangeClosed(least, most)
        .filter(rank -> size(rank, in, out) == size)
        .findFirst()
        .orElse(least);
  }

  /** True if a matrix of this size can be used at a layer. */
  boolean fits(long size, long in, long out) {
    // Inputs are repeated to whole groups from their beginning, once at most.
    return size > 0
        && size <= 2 * in
        && !(neighbouringInputs() && size > in)
        && !(neighbouringOutputs() && size > out)
        && !(this == TURNED && size % 2 != 0);
  }
}
