package dev.lora4j.bench.transformer;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.lora4j.bench.Contender;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The same with DJL's own operators, gradient collector and optimiser, one call into native code
 * for each.
 *
 * <p>DJL has no fused attention, which is composed of two products and a softmax, and no clipping
 * by the norm of the whole gradient, for which the gradients are joined. The clipping's factor is a
 * number on the Java side, so clipping is one multiplication for each gradient.
 */
public final class DjlStep implements Contender {
  private final NDManager manager = NDManager.newBaseManager(Device.cpu());
  private final TransformerSize size;
  private final NDArray x;
  private final NDArray target;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final Map<String, NDArray> factors = new LinkedHashMap<>();
  private final Optimizer optimizer =
      Optimizer.adamW()
          .optLearningRateTracker(Tracker.fixed((float) StepProgram.RATE))
          .optBeta1((float) StepProgram.OPTIMIZER.beta1())
          .optBeta2((float) StepProgram.OPTIMIZER.beta2())
          .optEpsilon((float) StepProgram.OPTIMIZER.epsilon())
          .optWeightDecays((float) StepProgram.OPTIMIZER.weightDecay())
          .build();

  /** For the benchmark's transformer and so many tokens, for example {@code 4x256}. */
  public DjlStep(String tokens) {
    this(StepInputs.of(TransformerSize.ofTokens(tokens)));
  }

  DjlStep(StepInputs inputs) {
    this.size = inputs.size();
    this.x = array(inputs.x());
    this.target = array(inputs.target());
    inputs.weights().forEach((name, weight) -> weights.put(name, array(weight)));
    inputs.factors().forEach((name, factor) -> factors.put(name, array(factor)));
    factors.values().forEach(f -> f.setRequiresGradient(true));
  }

  private NDArray array(HostTensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().elements())];
    tensor.bytes().asFloatBuffer().get(values);
    return manager.create(values, new Shape(tensor.shape().sizes()));
  }

  private NDArray weight(String name) {
    NDArray weight = weights.get(name);
    return weight == null ? required(factors.get(name), name) : weight;
  }

  private static NDArray required(@org.jspecify.annotations.Nullable NDArray found, String name) {
    if (found == null) {
      throw new IllegalStateException("no weight " + name);
    }
    return found;
  }

  private NDArray block(String at, NDArray x) {
    NDArray own = norm(at + "norm1", x);
    NDArray q = heads(adapted(at + "to_q", own, false));
    NDArray k = heads(adapted(at + "to_k", own, false));
    NDArray v = heads(adapted(at + "to_v", own, false));
    double scale = 1 / Math.sqrt(size.width() / (double) size.heads());
    NDArray share = q.matMul(k.transpose(0, 1, 3, 2)).mul(scale).softmax(-1);
    NDArray mixed = share.matMul(v).transpose(0, 2, 1, 3).reshape(x.getShape());
    NDArray h = x.add(adapted(at + "to_o", mixed, true));
    NDArray inner = Activation.gelu(linear(at + "ff_in", norm(at + "norm2", h)));
    return h.add(linear(at + "ff_out", inner));
  }

  private NDArray adapted(String layer, NDArray x, boolean bias) {
    NDArray y = bias ? linear(layer, x) : Linear.linear(x, weight(layer + ".weight")).get(0);
    NDArray inner = Linear.linear(x, weight("transformer." + layer + ".down")).get(0);
    NDArray outer = Linear.linear(inner, weight("transformer." + layer + ".up")).get(0);
    return y.add(outer.mul(TrainedFactors.SCALE));
  }

  private NDArray linear(String layer, NDArray x) {
    return Linear.linear(x, weight(layer + ".weight"), weight(layer + ".bias")).get(0);
  }

  private NDArray norm(String layer, NDArray x) {
    return LayerNorm.layerNorm(
            x,
            new Shape(size.width()),
            weight(layer + ".weight"),
            weight(layer + ".bias"),
            (float) Transformer.EPSILON)
        .get(0);
  }

  private NDArray heads(NDArray x) {
    Shape shape = x.getShape();
    return x.reshape(shape.get(0), shape.get(1), size.heads(), shape.get(2) / size.heads())
        .transpose(0, 2, 1, 3);
  }

  private float step() {
    Map<String, NDArray> gradients = new LinkedHashMap<>();
    float before;
    // Everything made in between, whatever it belongs to, is released at the end.
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray loss;
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        NDArray h = x;
        for (int i = 0; i < size.blocks(); i++) {
          h = block("blocks." + i + ".", h);
        }
        loss = h.sub(target).square().mean();
        collector.backward(loss);
      }
      factors.forEach((name, factor) -> gradients.put(name, factor.getGradient()));
      NDList flat = new NDList();
      gradients.values().forEach(g -> flat.add(g.flatten()));
      float norm = NDArrays.concat(flat).norm().getFloat();
      double scale = Math.min(1, StepProgram.CLIP / (norm + 1e-6));
      gradients.values().forEach(g -> NDScope.unregister(g.muli(scale)));
      before = loss.getFloat();
    }
    // Outside, because the optimiser makes its moments at the first update of a weight, and keeps
    // them.
    gradients.forEach(
        (name, gradient) -> {
          optimizer.update(name, required(factors.get(name), name), gradient);
          gradient.close();
        });
    return before;
  }

  @Override
  public String name() {
    return "DJL, operator by operator";
  }

  @Override
  public double[] check() {
    double[] losses = new double[StagedStep.COMPARED];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = step();
    }
    return losses;
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::step);
  }

  @Override
  public void close() {
    manager.close();
  }
}
