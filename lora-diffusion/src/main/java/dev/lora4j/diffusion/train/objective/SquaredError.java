package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/** The difference squared. */
@Extension(point = Loss.class, name = "l2", help = "The difference squared")
public record SquaredError() implements Loss {
  @Override
  public Expr elements(Expr difference, Optional<Expr> threshold) {
    return difference.mul(difference);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("SquaredError").text();
  }
}
