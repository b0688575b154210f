package dev.lora4j.core.adapter.training;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/** Dropouts at one layer of a program. */
public interface SiteDropout {
  /** Leaves out nothing. */
  SiteDropout NONE =
      new SiteDropout() {
        @Override
        public boolean dropsInput() {
          return false;
        }

        @Override
        public Expr input(Expr x) {
          return x;
        }

        @Override
        public Expr directions(Site site, Expr inner) {
          return inner;
        }

        @Override
        public Expr rows(Site site, Expr delta) {
          return delta;
        }

        @Override
        public Expr outputs(Site site, Expr y) {
          return y;
        }

        @Override
        public Optional<Expr> module() {
          return Optional.empty();
        }
      };

  /** Returns true if {@link #input} changes anything. */
  boolean dropsInput();

  /** The factors' input with input dropout; it divides what it keeps by its probability. */
  Expr input(Expr x);

  /**
   * The values between two factors, with network and rank dropout; both divide what they keep by
   * its probability.
   *
   * @param inner [batch, ..., rank], or [batch, rank, sizes] of a convolution
   */
  Expr directions(Site site, Expr inner);

  /**
   * The change of a weight without some of its rows; the other rows do not change, as in LyCORIS.
   *
   * @param delta in the shape of the site's weight
   */
  Expr rows(Site site, Expr delta);

  /**
   * The change's contribution to a layer's output, without the rows of the change that {@link
   * #rows} drops.
   *
   * @param y [batch, ..., out] of a linear layer
   */
  Expr outputs(Site site, Expr y);

  /** A scalar, F32: 0 if the whole layer goes without its adapter in this step, else 1. */
  Optional<Expr> module();
}
