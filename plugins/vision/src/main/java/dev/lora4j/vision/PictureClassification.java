package dev.lora4j.vision;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.CompiledNetworks;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.vision.data.PicturePreparation;
import dev.lora4j.vision.network.ResNet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;

/**
 * Classifies pictures with adapters. As all pictures of a call have the same adapters, these are
 * merged, but where what they do depends on a layer's input.
 */
public final class PictureClassification {
  private static final int AT_ONCE = 16;

  private final VisionModel model;
  private final MergedParameter patch;
  private final StackedFactors factors;
  private final CompiledNetworks<Set<String>> networks;

  PictureClassification(VisionModel model) {
    this.model = model;
    Scope scope = model.scope();
    DType compute = model.precision().compute();
    patch = new MergedParameter(scope);
    factors = scope.own(StackedFactors.besides(model.weights(), scope, patch, compute));
    networks = new CompiledNetworks<>(scope, compute);
  }

  /**
   * The classes of pictures.
   *
   * @param resized by {@code how}, of which the middle is looked at
   * @param listener receives the number that are done
   * @throws ModelException if the model has no head
   * @throws CancellationException if the calling thread is interrupted
   */
  public List<Classification> of(
      List<PixelMap> resized, PicturePreparation how, MixPlan mix, IntConsumer listener) {
    if (model.labels().isEmpty()) {
      throw new ModelException(
          model.path()
              + " has no head that tells classes apart; open it with the classes of an adapter that"
              + " brings one.");
    }
    return logits(resized, how, mix, listener).stream()
        .map(row -> Classification.of(model.labels(), row))
        .toList();
  }

  /** Logits of the classes of pictures, [labels] each; see {@link #of}. */
  public List<float[]> logits(
      List<PixelMap> resized, PicturePreparation how, MixPlan mix, IntConsumer listener) {
    List<float[]> all = new ArrayList<>();
    try (Scope scope = model.scope().child("pictures");
        Held held = new Held(scope, mix)) {
      for (int from = 0; from < resized.size(); from += AT_ONCE) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CancellationException("classifying pictures was interrupted");
        }
        List<PixelMap> some = resized.subList(from, Math.min(resized.size(), from + AT_ONCE));
        try (Scope work = scope.child("batch")) {
          Tensor pixels = tensor(work, some.stream().map(how::middle).toList(), how);
          float[] found = held.run(work, pixels);
          int each = found.length / some.size();
          for (int row = 0; row < some.size(); row++) {
            all.add(Arrays.copyOfRange(found, row * each, (row + 1) * each));
          }
        }
        listener.accept(all.size());
      }
    }
    return all;
  }

  /**
   * Logits of what the network reads, row by row.
   *
   * @param pixels F32 [pictures, 3, height, width]
   */
  public float[] logits(Scope scope, Tensor pixels, MixPlan mix) {
    try (Scope work = scope.child("pixels");
        Held held = new Held(work, mix)) {
      return held.run(work, pixels);
    }
  }

  /** The network with weights and adapters. */
  private final class Held implements AutoCloseable {
    private final BatchMix batch;
    private final StackedFactors.Use stacked;
    private final Network network;
    private final HeldInputs inputs;

    Held(Scope scope, MixPlan mix) {
      MixPlan plan = mix.route() == Route.AUTO ? mix.route(Route.MERGED) : mix;
      batch = new BatchMix(List.of(plan), model.sites(), VisionModel.MODEL);
      network = network(batch.unmergedSites());
      stacked = factors.of(batch);
      try {
        MergedSites inside = batch.mergedSites(scope, patch, model.weights(), 0);
        Map<String, Tensor> patched = inside.at(plan.at(0, 1));
        inputs = network.hold(scope, model.weights(), patched, stacked.tensors());
      } catch (RuntimeException | Error e) {
        stacked.close();
        throw e;
      }
    }

    float[] run(Scope scope, Tensor pixels) {
      Map<String, Tensor> data = new HashMap<>(Map.of(ResNet.PIXELS, pixels));
      int rows = Math.toIntExact(pixels.shape().size(0));
      if (!batch.unmergedSites().isEmpty()) {
        // All rows have the same adapters.
        List<Integer> own = Collections.nCopies(rows, 0);
        Shape shape = Shape.of(rows, batch.columns());
        data.put(UnmergedAdapters.WEIGHTS, Tensor.of(scope, shape, batch.weights(own, 0, 1)));
      }
      return network.run(scope, inputs, data).get(0).floats();
    }

    @Override
    public void close() {
      inputs.close();
      stacked.close();
    }
  }

  /**
   * Parts of pictures as the network reads them, F32 [pictures, 3, size, size].
   *
   * @param parts at least one, all of the size that {@code how} cuts out
   */
  public static Tensor tensor(Scope scope, List<PixelMap> parts, PicturePreparation how) {
    int each = 3 * how.size() * how.size();
    float[] all = new float[Math.multiplyExact(parts.size(), each)];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(how.values(parts.get(i)), 0, all, i * each, each);
    }
    return Tensor.of(scope, Shape.of(parts.size(), 3, how.size(), how.size()), all);
  }

  private Network network(Set<String> unmerged) {
    Set<String> sites = new TreeSet<>(unmerged);
    DType compute = model.precision().compute();
    return networks.of(
        sites,
        VisionModel.MODEL,
        model.weights().forms(),
        () ->
            (graph, weights) -> {
              Expr pixels = ResNet.declare(graph);
              SiteAdapters adapters =
                  sites.isEmpty()
                      ? SiteAdapters.NONE
                      : new UnmergedAdapters(sites, compute).declare(graph);
              return List.of(
                  model.network().logits(weights.apply(adapters), pixels, compute).to(DType.F32));
            });
  }
}
