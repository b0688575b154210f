package dev.lora4j.text.generate;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.network.TokenInputs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Decoding of a causal network: rows that continue prompts. */
final class CausalDecoding implements Decoding {
  private final CausalPrograms programs;
  private final AdaptedBatch batch;
  private final int copies;
  private final Map<String, Tensor> prompts;
  private DecoderInputs rows;
  private final float[] first;

  /**
   * Reads the prompts.
   *
   * @param copies rows of each start
   */
  CausalDecoding(CausalPrograms programs, AdaptedBatch batch, int copies) {
    this.programs = programs;
    this.batch = batch;
    this.copies = copies;
    int count = batch.starts().size();
    int room = batch.starts().stream().mapToInt(GenerationRequest::room).max().orElse(1);
    prompts =
        KeyValueCache.of(
                batch.scope(),
                programs.network().cacheSize(),
                programs.base().compute(),
                count,
                room)
            .tensors();
    first = readPrompts();
    Map<String, Tensor> cache =
        copies == 1 ? prompts : programs.rows().repeated(batch.scope(), prompts, count, copies);
    Network next = programs.decode(batch.unmergedSites());
    rows = DecoderInputs.of(batch, programs, next, batch.rows(copies), cache, Map.of());
  }

  private float[] readPrompts() {
    Network network = programs.prefill(batch.unmergedSites());
    PaddedPrompts padded = PaddedPrompts.of(batch.starts());
    try (Scope step = batch.scope().child("prompts");
        HeldInputs held = batch.hold(network, programs.base(), prompts)) {
      Map<String, Tensor> data = new HashMap<>(batch.mixing(batch.rows(1)));
      data.put(TokenInputs.IDS, Tensor.ofLongs(step, padded.shape(), padded.ids()));
      data.put(TokenInputs.POSITIONS, Tensor.ofLongs(step, padded.shape(), padded.positions()));
      long[] last = batch.starts().stream().mapToLong(s -> s.prompt().length - 1L).toArray();
      data.put(CausalPrograms.LAST, Tensor.ofLongs(step, Shape.of(last.length), last));
      return network.run(step, held, data).get(0).floats();
    }
  }

  @Override
  public List<int[]> begins() {
    return batch.starts().stream().map(GenerationRequest::prompt).toList();
  }

  @Override
  public float[] first(Scope step) {
    int words = first.length / batch.starts().size();
    float[] all = new float[first.length * copies];
    for (int row = 0; row < all.length / words; row++) {
      System.arraycopy(first, row / copies * words, all, row * words, words);
    }
    return all;
  }

  @Override
  public float[] next(Scope step, long[] tokens, long[] positions, int reach) {
    return rows.next(step, tokens, positions, reach);
  }

  @Override
  public void reorder(Scope step, long[] from, int reach) {
    rows.reorder(step, from, reach);
  }

  @Override
  public void keep(int[] kept) {
    rows = rows.keep(kept, Map.of());
  }
}
