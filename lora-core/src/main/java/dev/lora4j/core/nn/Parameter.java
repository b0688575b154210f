package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.Shape;

/**
 * Weight that a model requests: its full name, its shape, and its initialisation when untrained.
 */
public record Parameter(String name, Shape shape, Init init) {
  /** Initialisation of an untrained weight; names and distributions are PyTorch's defaults. */
  public enum Init {
    /** Uniform within 1/sqrt(fan-in), for matrices and kernels. */
    KAIMING,
    /** Uniform within 1/sqrt(fan-in of the weight the bias belongs to). */
    BIAS,
    /** Normal with deviation 0.02, for embeddings. */
    EMBEDDING,
    /** Ones, for the scales of norms. */
    ONES,
    /** Zeros. */
    ZEROS
  }
}
