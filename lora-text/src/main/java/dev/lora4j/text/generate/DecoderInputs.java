package dev.lora4j.text.generate;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.network.TokenInputs;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The program of one more token, with what it holds: caches in which rows may be exchanged.
 *
 * @param rows the start of each row
 * @param cache keys and values of the rows' own tokens
 * @param mixing weights of unmerged adapters
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DecoderInputs(
    AdaptedBatch batch,
    TextPrograms programs,
    Network network,
    int[] rows,
    Map<String, Tensor> cache,
    HeldInputs held,
    CacheReordering.Exchange exchange,
    Map<String, Tensor> mixing) {
  /**
   * Gathers it.
   *
   * @param more what else the program holds
   */
  static DecoderInputs of(
      AdaptedBatch batch,
      TextPrograms programs,
      Network network,
      int[] rows,
      Map<String, Tensor> cache,
      Map<String, Tensor> more) {
    Map<String, Tensor> all = new HashMap<>(cache);
    all.putAll(more);
    return new DecoderInputs(
        batch,
        programs,
        network,
        rows,
        cache,
        batch.hold(network, programs.base(), all),
        programs.rows().exchange(batch.scope(), cache),
        batch.mixing(rows));
  }

  /**
   * The same with fewer rows; this one is closed.
   *
   * @param kept see {@link Decoding#keep}
   * @param more other held inputs, for these rows
   */
  DecoderInputs keep(int[] kept, Map<String, Tensor> more) {
    Map<String, Tensor> fewer = programs.rows().taken(batch.scope(), cache, kept);
    held.close();
    exchange.parts().close();
    mixing.values().forEach(Tensor::close);
    cache.values().forEach(Tensor::close);
    int[] own = Arrays.stream(kept).map(row -> rows[row]).toArray();
    return of(batch, programs, network, own, fewer, more);
  }

  /** See {@link Decoding#next}. */
  float[] next(Scope step, long[] tokens, long[] positions, int reach) {
    Shape one = Shape.of(tokens.length, 1);
    Map<String, Tensor> data = new HashMap<>(mixing);
    data.put(TokenInputs.IDS, Tensor.ofLongs(step, one, tokens));
    data.put(TokenInputs.POSITIONS, Tensor.ofLongs(step, one, positions));
    data.put(DecodeStep.PLACES, DecodeStep.places(step, reach));
    return network.run(step, held, data).get(0).floats();
  }

  /** See {@link Decoding#reorder}. */
  void reorder(Scope step, long[] from, int reach) {
    long[] same = IntStream.range(0, from.length).asLongStream().toArray();
    if (!Arrays.equals(from, same)) {
      exchange.take(step, from, reach);
    }
  }
}
