package dev.lora4j.testkit;

import dev.lora4j.core.train.schedule.Decay;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;

/** Decays that break their contract, each in one way, and one that keeps it. */
final class BrokenDecays {
  private BrokenDecays() {}

  /** Keeps it. */
  @Extension(point = Decay.class, name = "test-root", help = "falls as a root")
  public record Root(
      @Setting(help = "which root", defaultValue = "2", min = 1, max = 9) double degree)
      implements Decay {
    @Override
    public double at(double progress) {
      return Math.pow(Math.max(0, 1 - progress), 1 / degree);
    }
  }

  /** Remembers what it was asked before. */
  @Extension(point = Decay.class, name = "test-remembering", help = "falls with each call")
  public static final class Remembering implements Decay {
    private double at = 1;

    /** For the host. */
    public Remembering() {}

    @Override
    public double at(double progress) {
      at *= 0.9999;
      return at;
    }
  }

  /** Goes below 0 after the end. */
  @Extension(point = Decay.class, name = "test-negative", help = "falls for ever")
  public record Negative() implements Decay {
    @Override
    public double at(double progress) {
      return 1 - progress;
    }
  }

  /** Says nothing of itself. */
  @Extension(point = Decay.class, name = "test-silent", help = "")
  public record Silent() implements Decay {
    @Override
    public double at(double progress) {
      return 1;
    }
  }

  /** Leaves no rate for a run of a single step. */
  @Extension(point = Decay.class, name = "test-nothing", help = "is nothing")
  public record Nothing() implements Decay {
    @Override
    public double at(double progress) {
      return 0;
    }
  }

  /** Two with the same settings are not the same. */
  @Extension(point = Decay.class, name = "test-unequal", help = "is equal to nothing")
  public record Unequal() implements Decay {
    @Override
    public double at(double progress) {
      return 1;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
