package dev.lora4j.diffusion.conditioning;

import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.clip.EmbeddingTokens;
import dev.lora4j.diffusion.clip.PromptChunks;
import dev.lora4j.diffusion.clip.PromptChunks.Chunk;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Text conditioning of the denoiser: one row for each text. */
public final class Conditioning {
  private final Scope scope;
  private final TextMix encoders;
  private final int clipSkip;

  /**
   * Output of one encoder for one text.
   *
   * @param chunks what is taken of the hidden states of each chunk
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, and never compared
  private record Seen(List<float[]> chunks, float[] pooled) {}

  /**
   * For one picture's text encoders.
   *
   * @param clipSkip layers of the text encoders to leave out, beyond what the base leaves out
   */
  public Conditioning(Scope scope, TextMix encoders, int clipSkip) {
    this.scope = scope;
    this.encoders = encoders;
    this.clipSkip = clipSkip;
  }

  /**
   * Encodes texts.
   *
   * @param words of textual inversions
   * @param zeros whether a row of zeros stands for an empty text
   * @return {@code context} F32 [texts, tokens, width], and {@code pooled} F32 [texts, width] if
   *     the denoiser takes it
   */
  public Map<String, Tensor> of(
      DiffusionModel base,
      List<PromptTokenizer> tokenizers,
      List<String> texts,
      EmbeddingTokens words,
      boolean zeros) {
    List<TextArrangement.Part> parts = base.arrangement().parts();
    List<List<List<Chunk>>> chunks = new ArrayList<>(); // by encoder, text
    int[] most = new int[base.arrangement().stretches()];
    Arrays.fill(most, 1);
    for (int e = 0; e < tokenizers.size(); e++) {
      List<List<Chunk>> ofTexts = new ArrayList<>();
      int stretch = parts.get(e).stretch();
      for (String text : texts) {
        List<Chunk> all = PromptChunks.of(tokenizers.get(e), text, words);
        if (parts.get(e).words()) {
          most[stretch] = Math.max(most[stretch], all.size());
        }
        ofTexts.add(all);
      }
      chunks.add(ofTexts);
    }
    int[] tokens = new int[most.length];
    for (int e = 0; e < tokenizers.size(); e++) {
      TextArrangement.Part part = parts.get(e);
      PromptTokenizer tokenizer = tokenizers.get(e);
      if (part.ends()) {
        tokens[part.stretch()] =
            chunks.get(e).stream().mapToInt(text -> tokens(tokenizer, text)).max().orElse(0);
      } else if (part.words()) {
        tokens[part.stretch()] = most[part.stretch()] * tokenizer.maxLength();
      }
    }
    ContextLayout layout = new ContextLayout(base, tokens);
    float[] context = layout.zeros(texts.size());
    List<float[]> pooled = new ArrayList<>();
    texts.forEach(text -> pooled.add(new float[0]));
    for (int e = 0; e < tokenizers.size(); e++) {
      TextEncoder encoder = base.textEncoders().get(e);
      PromptTokenizer tokenizer = tokenizers.get(e);
      TextArrangement.Part part = parts.get(e);
      HiddenView view = part.view(clipSkip);
      for (int row = 0; row < texts.size(); row++) {
        List<Chunk> all = chunks.get(e).get(row);
        // The pooled text is that of the first.
        List<Chunk> padded = new ArrayList<>(part.words() ? all : all.subList(0, 1));
        while (part.words() && !part.ends() && padded.size() < most[part.stretch()]) {
          padded.add(PromptChunks.empty(tokenizer));
        }
        Seen seen =
            scope.engine().together(() -> see(base, encoder, part, view, tokenizer, padded));
        boolean nothing = zeros && texts.get(row).isEmpty();
        if (part.pooled()) {
          float[] own = nothing ? new float[seen.pooled().length] : seen.pooled();
          pooled.set(row, joined(pooled.get(row), own));
        }
        int first = row * layout.tokens() * layout.width();
        int token = 0;
        for (int c = 0; c < padded.size() && part.words() && !nothing; c++) {
          float[] hidden = seen.chunks().get(c);
          int width = part.width(encoder.network());
          for (int from = 0; from < hidden.length; from += width) {
            int to = first + layout.at(e, token++);
            System.arraycopy(hidden, from, context, to, width);
          }
        }
      }
    }
    Map<String, Tensor> inputs = new HashMap<>();
    Shape shape = Shape.of(texts.size(), layout.tokens(), layout.width());
    inputs.put("context", Tensor.of(scope, shape, context));
    if (base.pools()) {
      inputs.put("pooled", stacked(pooled));
    }
    return inputs;
  }

  /** Number of tokens of a text, without padding. */
  private static int tokens(PromptTokenizer tokenizer, List<Chunk> chunks) {
    return chunks.stream().mapToInt(chunk -> tokenizer.end(chunk.ids()) + 1).sum();
  }

  /** One after the other. */
  static float[] joined(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private Tensor stacked(List<float[]> rows) {
    int width = rows.get(0).length;
    float[] all = new float[rows.size() * width];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, all, i * width, width);
    }
    return Tensor.of(scope, Shape.of(rows.size(), width), all);
  }

  private Seen see(
      DiffusionModel base,
      TextEncoder encoder,
      TextArrangement.Part part,
      HiddenView view,
      PromptTokenizer tokenizer,
      List<Chunk> chunks) {
    int tokens = tokenizer.maxLength();
    long[] ids = new long[chunks.size() * tokens];
    long[] ends = new long[chunks.size()];
    for (int c = 0; c < chunks.size(); c++) {
      int[] of = chunks.get(c).ids();
      for (int t = 0; t < tokens; t++) {
        ids[c * tokens + t] = of[t];
      }
      ends[c] = tokenizer.end(of);
    }
    try (Scope work = scope.child("text")) {
      Map<String, Tensor> data = new HashMap<>();
      data.put("ids", Tensor.ofLongs(work, Shape.of(chunks.size(), tokens), ids));
      data.putAll(replaced(work, base, encoder, chunks));
      boolean pools = encoder.network().pooledWidth() > 0;
      if (StagedNetworks.takesEnds(encoder.network())) {
        data.put("end", Tensor.ofLongs(work, Shape.of(chunks.size()), ends));
      }
      List<Tensor> seen = encoders.run(work, encoder, view, data);
      float[] hidden = seen.get(0).floats();
      List<float[]> rows = new ArrayList<>();
      int values = hidden.length / chunks.size();
      for (int c = 0; c < chunks.size(); c++) {
        int taken = part.ends() ? Math.toIntExact(ends[c]) + 1 : tokens;
        float[] row = Arrays.copyOfRange(hidden, c * values, c * values + values / tokens * taken);
        double[] weights = Arrays.copyOf(chunks.get(c).weights(), taken);
        rows.add(chunks.get(c).plain() ? row : weighed(row, weights));
      }
      if (part.output() == TextArrangement.Output.END) {
        int width = part.width(encoder.network());
        int end = Math.toIntExact(ends[0]) * width;
        return new Seen(rows, Arrays.copyOfRange(hidden, end, end + width));
      }
      int width = encoder.network().pooledWidth();
      float[] pooled = pools ? Arrays.copyOf(seen.get(1).floats(), width) : new float[0];
      return new Seen(rows, pooled);
    }
  }

  /** The vectors that stand instead of tokens, and where; nothing if there are none. */
  private static Map<String, Tensor> replaced(
      Scope work, DiffusionModel base, TextEncoder encoder, List<Chunk> chunks) {
    List<Long> places = new ArrayList<>();
    List<double[]> rows = new ArrayList<>();
    int width = encoder.network().width();
    for (int c = 0; c < chunks.size(); c++) {
      for (PromptChunks.Vector vector : chunks.get(c).vectors()) {
        double[] all = EmbeddingVectors.of(base, encoder, vector.embedding()).doubles();
        int at = vector.index() * width;
        rows.add(Arrays.copyOfRange(all, at, at + width));
        places.add((long) c * chunks.get(c).ids().length + vector.place());
      }
    }
    if (places.isEmpty()) {
      return Map.of();
    }
    float[] values = new float[rows.size() * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rows.get(i / width)[i % width];
    }
    long[] at = places.stream().mapToLong(Long::longValue).toArray();
    return Map.of(
        "places",
        Tensor.ofLongs(work, Shape.of(at.length), at),
        "vectors",
        Tensor.of(work, Shape.of(rows.size(), width), values));
  }

  /** Multiplies each token by its weight, and brings all back to their earlier mean. */
  private static float[] weighed(float[] seen, double[] weights) {
    int hidden = seen.length / weights.length;
    double before = 0;
    double after = 0;
    float[] weighed = new float[seen.length];
    for (int i = 0; i < seen.length; i++) {
      weighed[i] = (float) (seen[i] * weights[i / hidden]);
      before += seen[i];
      after += weighed[i];
    }
    double factor = after == 0 ? 1 : before / after;
    for (int i = 0; i < seen.length; i++) {
      weighed[i] = (float) (weighed[i] * factor);
    }
    return weighed;
  }
}
