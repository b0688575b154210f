package dev.lora4j.text.generate;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.Held;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.network.Encoded;
import dev.lora4j.text.network.MemorySize;
import dev.lora4j.text.network.OutputLoss;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows of outputs, which see the inputs that were encoded. */
final class Seq2SeqDecoding implements Decoding {
  private final Seq2SeqPrograms programs;
  private final AdaptedBatch batch;
  private final int copies;
  private final HeldDecoder rows;

  /**
   * Encodes the prompts.
   *
   * @param copies rows of each start
   */
  Seq2SeqDecoding(Seq2SeqPrograms programs, AdaptedBatch batch, int copies) {
    this.programs = programs;
    this.batch = batch;
    this.copies = copies;
    MemorySize size = programs.network().memory();
    Map<String, Tensor> cache =
        KeyValueCache.of(batch.scope(), size, programs.base().compute(), count(), batch.most() + 1)
            .tensors();
    Network next = programs.next(batch.besideSites());
    rows = HeldDecoder.of(batch, programs, next, cache, encoded(), copies);
  }

  private int count() {
    return batch.starts().size() * copies;
  }

  /** What the decoder sees of the inputs, by the names that it holds it under. */
  private Map<String, Tensor> encoded() {
    Network network = programs.encode(batch.besideSites());
    PaddedPrompts padded = PaddedPrompts.of(batch.starts());
    Scope owner = batch.scope();
    Map<String, Tensor> seen = new HashMap<>();
    try (Scope step = owner.child("inputs");
        Held held = batch.hold(network, programs.base(), Map.of())) {
      Map<String, Tensor> data = new HashMap<>(batch.mixing(1));
      data.put(OutputLoss.INPUT, Tensor.ofLongs(step, padded.shape(), padded.ids()));
      data.put(Encoded.PRESENT, Tensor.ofLongs(step, padded.shape(), padded.present()));
      List<Tensor> all = network.run(owner, held, data);
      int layers = programs.network().memory().layers();
      for (int layer = 0; layer < layers; layer++) {
        seen.put(Encoded.keysName(layer), all.get(layer));
        seen.put(Encoded.valuesName(layer), all.get(layers + layer));
      }
    }
    if (copies > 1) {
      seen = programs.rows().repeated(owner, seen, batch.starts().size(), copies);
    }
    seen.put(Encoded.PRESENT, present(padded));
    return seen;
  }

  private Tensor present(PaddedPrompts padded) {
    int tokens = Math.toIntExact(padded.shape().size(1));
    long[] all = new long[count() * tokens];
    for (int row = 0; row < count(); row++) {
      System.arraycopy(padded.present(), row / copies * tokens, all, row * tokens, tokens);
    }
    return Tensor.ofLongs(batch.scope(), Shape.of(count(), tokens), all);
  }

  @Override
  public List<int[]> begins() {
    int[] start = {programs.network().start()};
    return Collections.nCopies(batch.starts().size(), start);
  }

  @Override
  public float[] first(Scope step) {
    long[] tokens = new long[count()];
    Arrays.fill(tokens, programs.network().start());
    return next(step, tokens, new long[count()], 1);
  }

  @Override
  public float[] next(Scope step, long[] tokens, long[] positions, int reach) {
    return rows.next(step, tokens, positions, reach);
  }

  @Override
  public void reorder(Scope step, long[] from, int reach) {
    rows.reorder(step, from, reach);
  }
}
