package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/** The difference without its sign. */
@Extension(point = Loss.class, name = "l1", help = "The difference without its sign")
public record AbsoluteError() implements Loss {
  @Override
  public Expr elements(Expr difference, Optional<Expr> threshold) {
    return difference.abs();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("AbsoluteError").text();
  }
}
