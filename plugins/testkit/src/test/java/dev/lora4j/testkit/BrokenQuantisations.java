package dev.lora4j.testkit;

import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Roundings that break their contract, each in one way, and one that keeps it. */
final class BrokenQuantisations {
  private static final String CODES = "codes";
  private static final String SCALE = "scale";

  private BrokenQuantisations() {}

  /** Whole numbers of 8 bits with one scale for the weight. */
  record SingleScale(double staged, boolean deaf) implements WeightForm {
    @Override
    public List<Part> parts(Shape shape) {
      return List.of(new Part(CODES, DType.I8, shape), new Part(SCALE, DType.F32, Shape.of(1)));
    }

    @Override
    public Map<String, HostTensor> constants() {
      return Map.of();
    }

    @Override
    public Expr dequantised(Map<String, Expr> tensors, Shape shape, DType compute) {
      Expr codes = Objects.requireNonNull(tensors.get(CODES)).to(DType.F32);
      return codes.mul(Objects.requireNonNull(tensors.get(SCALE))).mul(staged).to(compute);
    }

    @Override
    public void numbers(Map<String, HostTensor> parts, Shape shape, long from, float[] values) {
      byte[] codes = new byte[Math.toIntExact(shape.elements())];
      Objects.requireNonNull(parts.get(CODES)).bytes().get(codes);
      float scale = (float) Objects.requireNonNull(parts.get(SCALE)).doubles()[0];
      for (int i = 0; i < values.length; i++) {
        values[i] = codes[(int) (deaf ? 0 : from) + i] * scale;
      }
    }

    @Override
    public String canonical() {
      return "SingleScale " + staged + deaf;
    }
  }

  /** Codes from the last to the first, of which it says that rows stand for themselves. */
  record FromTheEnd() implements WeightForm {
    @Override
    public List<Part> parts(Shape shape) {
      return PLAIN.parts(shape);
    }

    @Override
    public boolean rowwise() {
      return true;
    }

    @Override
    public Map<String, HostTensor> constants() {
      return Map.of();
    }

    @Override
    public Expr dequantised(Map<String, Expr> tensors, Shape shape, DType compute) {
      return PLAIN
          .dequantised(tensors, shape, compute)
          .reshape(shape.elements())
          .flip(0)
          .reshape(shape.sizes());
    }

    @Override
    public void numbers(Map<String, HostTensor> parts, Shape shape, long from, float[] values) {
      float[] all = new float[Math.toIntExact(shape.elements())];
      PLAIN.numbers(parts, shape, 0, all);
      for (int i = 0; i < values.length; i++) {
        values[i] = all[all.length - 1 - (int) from - i];
      }
    }

    @Override
    public String canonical() {
      return "FromTheEnd";
    }
  }

  private static final SingleScale PLAIN = new SingleScale(1, false);

  private static float scale(float[] values) {
    float most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    return most / 127;
  }

  private static QuantisedWeight weight(WeightForm form, float[] values, Shape shape, float scale) {
    byte[] codes = new byte[values.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) Math.rint(scale == 0 ? 0 : values[i] / scale);
    }
    return new QuantisedWeight(
        form,
        shape,
        Map.of(
            CODES,
            HostTensor.owning(DType.I8, shape, codes),
            SCALE,
            HostTensor.of(Shape.of(1), scale)));
  }

  /** What all of them do but for one thing. */
  interface Single extends Quantisation {
    @Override
    default WeightForm form() {
      return PLAIN;
    }

    @Override
    default QuantisedWeight quantised(float[] values, Shape shape) {
      return weight(PLAIN, values, shape, scale(values));
    }
  }

  /** Keeps it: one scale, and fewer codes if asked. */
  @Extension(point = Quantisation.class, name = "test-single-scale", help = "one scale")
  public record Good(
      @Setting(help = "Share of the codes", defaultValue = "1", min = 0.5, max = 1) double share)
      implements Single {
    @Override
    public QuantisedWeight quantised(float[] values, Shape shape) {
      return weight(PLAIN, values, shape, scale(values) / (float) share);
    }
  }

  /** Declares other parts than it makes. */
  @Extension(point = Quantisation.class, name = "test-misdeclared", help = "keeps a spare part")
  public record Misdeclared() implements Single {
    @Override
    public QuantisedWeight quantised(float[] values, Shape shape) {
      QuantisedWeight sound = Single.super.quantised(values, shape);
      Map<String, HostTensor> more = new HashMap<>(sound.parts());
      more.put("spare", HostTensor.of(Shape.of(1), 0));
      return new QuantisedWeight(PLAIN, shape, more);
    }
  }

  /** Is a third away. */
  @Extension(point = Quantisation.class, name = "test-coarse", help = "few codes")
  public record Coarse() implements Single {
    @Override
    public QuantisedWeight quantised(float[] values, Shape shape) {
      return weight(PLAIN, values, shape, scale(values) * 30);
    }
  }

  /** Makes all a little smaller each time. */
  @Extension(point = Quantisation.class, name = "test-shrinking", help = "shrinks")
  public record Shrinking() implements Single {
    @Override
    public QuantisedWeight quantised(float[] values, Shape shape) {
      float[] smaller = values.clone();
      for (int i = 0; i < smaller.length; i++) {
        smaller[i] *= 0.97f;
      }
      return weight(PLAIN, smaller, shape, scale(smaller));
    }
  }

  /** Counts its calls. */
  @Extension(point = Quantisation.class, name = "test-counting", help = "depends on its calls")
  public record Counting() implements Single {
    private static final AtomicInteger CALLS = new AtomicInteger();

    @Override
    public QuantisedWeight quantised(float[] values, Shape shape) {
      float nudge = 1 + 1e-6f * CALLS.incrementAndGet();
      return weight(PLAIN, values, shape, scale(values) * nudge);
    }
  }

  /** Writes into the numbers that it is given. */
  @Extension(point = Quantisation.class, name = "test-writing", help = "writes into its input")
  public record Writing() implements Single {
    @Override
    public QuantisedWeight quantised(float[] values, Shape shape) {
      QuantisedWeight made = Single.super.quantised(values, shape);
      values[0] += 1;
      return made;
    }
  }

  /** Always begins with the first number. */
  @Extension(point = Quantisation.class, name = "test-deaf-rows", help = "ignores where it begins")
  public record DeafRows() implements Quantisation {
    @Override
    public WeightForm form() {
      return new SingleScale(1, true);
    }

    @Override
    public QuantisedWeight quantised(float[] values, Shape shape) {
      return weight(new SingleScale(1, true), values, shape, scale(values));
    }
  }

  /** Mixes the rows of a weight whose form says that they stand for themselves. */
  @Extension(point = Quantisation.class, name = "test-mirrored", help = "rows from the last")
  public record Mirrored() implements Quantisation {
    @Override
    public WeightForm form() {
      return new FromTheEnd();
    }

    @Override
    public QuantisedWeight quantised(float[] values, Shape shape) {
      float[] turned = new float[values.length];
      for (int i = 0; i < turned.length; i++) {
        turned[i] = values[values.length - 1 - i];
      }
      return weight(new FromTheEnd(), turned, shape, scale(values));
    }
  }

  /** Computes something else in programs. */
  @Extension(point = Quantisation.class, name = "test-two-minds", help = "another expression")
  public record TwoMinds() implements Quantisation {
    @Override
    public WeightForm form() {
      return new SingleScale(1.001, false);
    }

    @Override
    public QuantisedWeight quantised(float[] values, Shape shape) {
      return weight(new SingleScale(1.001, false), values, shape, scale(values));
    }
  }

  /** Takes what is no number for 0. */
  @Extension(point = Quantisation.class, name = "test-credulous", help = "hides what is no number")
  public record Credulous() implements Single {
    @Override
    public QuantisedWeight quantised(float[] values, Shape shape) {
      float[] sound = values.clone();
      for (int i = 0; i < sound.length; i++) {
        sound[i] = Float.isFinite(sound[i]) ? sound[i] : 0;
      }
      return weight(PLAIN, sound, shape, scale(sound));
    }
  }

  /** Divides by a scale of 0. */
  @Extension(point = Quantisation.class, name = "test-dividing-by-zero", help = "no scale of 0")
  public record DividingByZero() implements Single {
    @Override
    public QuantisedWeight quantised(float[] values, Shape shape) {
      float scale = scale(values);
      return weight(PLAIN, values, shape, scale == 0 ? Float.NaN : scale);
    }
  }

  /** Rounds norms and biases too. */
  @Extension(point = Quantisation.class, name = "test-greedy-rounding", help = "rounds everything")
  public record Greedy() implements Single {
    @Override
    public boolean suits(Parameter parameter) {
      return true;
    }
  }

  /** Cannot be told from another by what it says. */
  @Extension(point = Quantisation.class, name = "test-anonymous", help = "says where it lies")
  public static final class Anonymous implements Single {
    /** For the host. */
    public Anonymous() {}

    @Override
    public String canonical() {
      return Integer.toHexString(System.identityHashCode(this));
    }
  }
}
