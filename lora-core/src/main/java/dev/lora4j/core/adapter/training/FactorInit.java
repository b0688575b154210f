package dev.lora4j.core.adapter.training;

import dev.lora4j.core.identity.Canonical;
import java.util.Arrays;
import java.util.Locale;

/** Initialisation of LoRA's factors, alone and within DoRA; other methods have their own. */
public enum FactorInit implements Canonical {
  /** Down uniform within 1 / sqrt(fan-in), up 0: PyTorch's default, of PEFT and kohya too. */
  KAIMING,
  /** Down normal with deviation 1 / rank, up 0: PEFT's {@code gaussian}, which diffusers uses. */
  GAUSSIAN,
  /**
   * Down with orthonormal rows, up 0. PEFT's {@code orthogonal} differs: neither factor is 0 there,
   * and their product is.
   */
  ORTHOGONAL,
  /**
   * The greatest singular directions of the layer's weight (PiSSA, Meng et al. 2024). The base
   * stays whole: the effect is the difference to what the factors began as, and is stored as a LoRA
   * of twice the rank.
   */
  PISSA,
  /**
   * The first directions of the layer's weight, made orthonormal by its QR decomposition (OLoRA,
   * Büyükakyüz 2024), for linear layers. The base stays whole, as with {@link #PISSA}.
   */
  OLORA,
  /**
   * The greatest singular directions of what rounding the base to few bits took from the layer's
   * weight (LoftQ, Li et al. 2023, with one step): the factors make up for the rounding before they
   * learn. They belong to the rounded base.
   */
  LOFTQ,
  /**
   * Down the directions in which the inputs of the layer vary most over batches of the training
   * data, up 0 (EVA, Paischer et al. 2024); layers get ranks by how much varies there. For linear
   * layers; convolutions begin as {@link #KAIMING}.
   */
  EVA,
  /**
   * Singular directions of the gradient of the layer's weight over batches of the training data
   * (LoRA-GA, Wang et al. 2024). The base stays whole, as with {@link #PISSA}.
   */
  LORA_GA,
  /**
   * Singular directions of the layer's weight times the covariance of its inputs over batches of
   * the training data (CorDA, Yang et al. 2024), for linear layers; {@link CordaMode} says which.
   * The base stays whole, as with {@link #PISSA}.
   */
  CORDA;

  /**
   * The initialisation called {@code name}, here or in PEFT's {@code init_lora_weights}: {@code
   * true} is Kaiming, and {@code pissa_niter_16} is PiSSA, of which the decomposition is exact
   * here.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static FactorInit named(String name) {
    String plain = name.strip().toLowerCase(Locale.ROOT).replace('-', '_');
    if (plain.equals("true") || plain.equals("default")) {
      return KAIMING;
    }
    if (plain.matches("pissa_niter_\\d+")) {
      return PISSA;
    }
    for (FactorInit start : values()) {
      if (start.toString().equals(plain)) {
        return start;
      }
    }
    throw new IllegalArgumentException(
        "No way to begin factors is called "
            + name
            + "; there are "
            + String.join(", ", Arrays.stream(values()).map(FactorInit::toString).toList())
            + ".");
  }

  /** Returns true if it takes batches of the training data, see {@link CalibrationSettings}. */
  public boolean ofData() {
    return this == EVA || this == LORA_GA || this == CORDA;
  }

  @Override
  public String canonical() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Name in requests. */
  @Override
  public String toString() {
    return canonical();
  }
}
