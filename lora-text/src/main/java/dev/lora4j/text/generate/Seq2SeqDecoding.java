package dev.lora4j.text.generate;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.EncoderFeatures;
import dev.lora4j.text.network.EncoderInput;
import dev.lora4j.text.network.OutputLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Rows of outputs, which see the inputs that were encoded. */
final class Seq2SeqDecoding implements Decoding {
  private final Seq2SeqPrograms programs;
  private final AdaptedBatch batch;
  private final int copies;
  private final EncoderInput input;
  private final PaddedPrompts padded;
  private Map<String, Tensor> seen;
  private DecoderInputs rows;

  /**
   * Encodes the prompts.
   *
   * @param copies rows of each start
   */
  Seq2SeqDecoding(Seq2SeqPrograms programs, AdaptedBatch batch, int copies) {
    this.programs = programs;
    this.batch = batch;
    this.copies = copies;
    CacheSize size = programs.network().cacheSize();
    input = programs.network().input();
    int room = begin(0).length + batch.maxNewTokens();
    Map<String, Tensor> cache =
        KeyValueCache.of(batch.scope(), size, programs.base().compute(), count(), room).tensors();
    Network next = programs.decode(batch.unmergedSites());
    padded = PaddedPrompts.of(batch.starts());
    seen = encoded();
    int[] all = batch.rows(copies);
    rows = DecoderInputs.of(batch, programs, next, all, cache, encoded(all));
  }

  private int count() {
    return batch.starts().size() * copies;
  }

  /** Encoded inputs of the rows of these requests, for the decoder. */
  private Map<String, Tensor> encoded(int[] starts) {
    Map<String, Tensor> all = new HashMap<>(seen);
    all.put(EncodedInputs.PRESENT, present(starts));
    return all;
  }

  /** Keys and values of the encoded inputs, of all rows, by the names of the held inputs. */
  private Map<String, Tensor> encoded() {
    Network network = programs.encode(batch.unmergedSites());
    Scope owner = batch.scope();
    Map<String, Tensor> found = new HashMap<>();
    try (Scope step = owner.child("inputs");
        HeldInputs held = batch.hold(network, programs.base(), Map.of())) {
      Map<String, Tensor> data = new HashMap<>(batch.mixing(batch.rows(1)));
      data.putAll(input.tokens() ? tokens(step) : features(step));
      List<Tensor> all = network.run(owner, held, data);
      int layers = programs.network().cacheSize().layers();
      for (int layer = 0; layer < layers; layer++) {
        found.put(EncodedInputs.keysName(layer), all.get(layer));
        found.put(EncodedInputs.valuesName(layer), all.get(layers + layer));
      }
    }
    return copies > 1
        ? programs.rows().repeated(owner, found, batch.starts().size(), copies)
        : found;
  }

  private Map<String, Tensor> tokens(Scope step) {
    batch.starts().forEach(GenerationRequest::requireTokens);
    return Map.of(
        OutputLoss.INPUT,
        Tensor.ofLongs(step, padded.shape(), padded.ids()),
        EncodedInputs.PRESENT,
        Tensor.ofLongs(step, padded.shape(), padded.present()));
  }

  private Map<String, Tensor> features(Scope step) {
    List<EncoderFeatures> all = new ArrayList<>();
    for (GenerationRequest start : batch.starts()) {
      all.add(
          start
              .features()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "This model encodes no tokens, and a request has no features.")));
    }
    return EncoderFeatures.inputs(step, all, input);
  }

  private Tensor present(int[] starts) {
    if (!input.tokens()) {
      long[] all = new long[starts.length * input.places()];
      Arrays.fill(all, 1);
      return Tensor.ofLongs(batch.scope(), Shape.of(starts.length, input.places()), all);
    }
    int tokens = Math.toIntExact(padded.shape().size(1));
    long[] all = new long[starts.length * tokens];
    for (int row = 0; row < starts.length; row++) {
      System.arraycopy(padded.present(), starts[row] * tokens, all, row * tokens, tokens);
    }
    return Tensor.ofLongs(batch.scope(), Shape.of(starts.length, tokens), all);
  }

  @Override
  public List<int[]> begins() {
    return IntStream.range(0, batch.starts().size()).mapToObj(this::begin).toList();
  }

  /**
   * The first tokens of an output: those of the request, or the network's where it encodes these.
   */
  private int[] begin(int start) {
    return input.tokens()
        ? new int[] {programs.network().start()}
        : batch.starts().get(start).prompt();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if outputs begin with more tokens than others
   */
  @Override
  public float[] first(Scope step) {
    int length = begin(0).length;
    if (begins().stream().anyMatch(b -> b.length != length)) {
      throw new IllegalArgumentException("Outputs of a batch begin with as many tokens each.");
    }
    float[] logits = {};
    for (int place = 0; place < length; place++) {
      long[] tokens = new long[count()];
      for (int row = 0; row < tokens.length; row++) {
        tokens[row] = begin(row / copies)[place];
      }
      long[] positions = new long[tokens.length];
      Arrays.fill(positions, place);
      logits = next(step, tokens, positions, place + 1);
    }
    return logits;
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
    Map<String, Tensor> before = seen;
    seen = programs.rows().taken(batch.scope(), before, kept);
    int[] starts = Arrays.stream(kept).map(row -> rows.rows()[row]).toArray();
    rows = rows.keep(kept, encoded(starts));
    before.values().forEach(Tensor::close);
  }
}
