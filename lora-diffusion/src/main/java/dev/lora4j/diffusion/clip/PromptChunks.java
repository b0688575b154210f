package dev.lora4j.diffusion.clip;

import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.diffusion.clip.PromptSyntax.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A prompt as chunks of tokens that a text encoder takes one by one, so that a prompt may be longer
 * than the encoder's places.
 */
public final class PromptChunks {
  /** A full chunk gives what follows its last comma to the next, if that is no more than this. */
  private static final int MOST_AFTER_COMMA = 20;

  private static final String COMMA = ",";

  private final PromptTokenizer tokenizer;
  private final int comma;
  private final List<Chunk> chunks = new ArrayList<>();
  private final List<Integer> ids = new ArrayList<>();
  private final List<Double> weights = new ArrayList<>();
  private final List<Vector> vectors = new ArrayList<>();
  private int lastComma = -1;

  /**
   * Tokens for one run of a text encoder.
   *
   * @param ids as {@link PromptTokenizer#framed} gives them; a placeholder where a vector stands
   * @param weights how much each of them counts
   * @param vectors what stands at places instead of a token
   */
  @SuppressWarnings("ArrayRecordComponent") // handed to a tensor as they are, and never compared
  public record Chunk(int[] ids, double[] weights, List<Vector> vectors) {
    /** Copies the list. */
    public Chunk {
      vectors = List.copyOf(vectors);
    }

    /** True if all tokens have weight 1. */
    public boolean plain() {
      return Arrays.stream(weights).allMatch(w -> w == 1);
    }
  }

  /**
   * A vector of a textual inversion in a chunk.
   *
   * @param place where it stands, an index of the chunk's ids
   * @param index which of the embedding's vectors it is
   */
  public record Vector(int place, Embedding embedding, int index) {}

  private PromptChunks(PromptTokenizer tokenizer) {
    this.tokenizer = tokenizer;
    int[] found = tokenizer.pieces(COMMA);
    this.comma = found.length == 1 ? found[0] : -1;
  }

  /** The chunks of a prompt, at least one. */
  public static List<Chunk> of(PromptTokenizer tokenizer, String prompt) {
    return of(tokenizer, prompt, EmbeddingTokens.NONE);
  }

  /**
   * The chunks of a prompt in which words may be textual inversions, at least one. The vectors of
   * one are never divided between chunks.
   *
   * @throws EmbeddingException if one has more vectors than a chunk has places
   */
  public static List<Chunk> of(PromptTokenizer tokenizer, String prompt, EmbeddingTokens words) {
    PromptChunks made = new PromptChunks(tokenizer);
    for (Piece piece : PromptSyntax.parse(prompt)) {
      if (piece.breaks()) {
        made.finish();
      }
      for (EmbeddingTokens.Part part : words.split(piece.text())) {
        for (int id : tokenizer.pieces(part.text())) {
          made.add(id, piece.weight());
        }
        part.embedding().ifPresent(e -> made.add(e, piece.weight()));
      }
    }
    if (!made.ids.isEmpty() || made.chunks.isEmpty()) {
      made.finish();
    }
    return made.chunks;
  }

  /** A chunk without text. */
  public static Chunk empty(PromptTokenizer tokenizer) {
    return new PromptChunks(tokenizer).chunk();
  }

  private int room() {
    return tokenizer.room();
  }

  private void add(int id, double weight) {
    makeRoom(1, id == comma);
    if (id == comma) {
      lastComma = ids.size();
    }
    ids.add(id);
    weights.add(weight);
  }

  private void add(Embedding embedding, double weight) {
    if (embedding.count() > room()) {
      throw new EmbeddingException(
          embedding.name()
              + " has "
              + embedding.count()
              + " vectors; the text encoder takes "
              + room()
              + " tokens at once.");
    }
    makeRoom(embedding.count(), false);
    for (int i = 0; i < embedding.count(); i++) {
      vectors.add(new Vector(ids.size() + tokenizer.before(), embedding, i));
      ids.add(tokenizer.placeholder());
      weights.add(weight);
    }
  }

  private void makeRoom(int places, boolean forComma) {
    if (ids.size() == room() && !forComma) {
      int after = ids.size() - lastComma - 1;
      if (lastComma >= 0 && after <= Math.min(MOST_AFTER_COMMA, room() / 2)) {
        finish(lastComma + 1);
      }
    }
    if (ids.size() + places > room()) {
      finish();
    }
  }

  private void finish() {
    finish(ids.size());
  }

  /** Ends a chunk after its first {@code count} tokens; the others begin the next. */
  private void finish(int count) {
    List<Integer> carriedIds = List.copyOf(ids.subList(count, ids.size()));
    List<Double> carriedWeights = List.copyOf(weights.subList(count, weights.size()));
    List<Vector> carried =
        vectors.stream().filter(v -> v.place() >= count + tokenizer.before()).toList();
    ids.subList(count, ids.size()).clear();
    weights.subList(count, weights.size()).clear();
    vectors.removeAll(carried);
    chunks.add(chunk());
    ids.clear();
    weights.clear();
    vectors.clear();
    ids.addAll(carriedIds);
    weights.addAll(carriedWeights);
    carried.forEach(v -> vectors.add(new Vector(v.place() - count, v.embedding(), v.index())));
    lastComma = -1;
  }

  private Chunk chunk() {
    int[] all = tokenizer.framed(ids.stream().mapToInt(Integer::intValue).toArray());
    double[] counts = new double[all.length];
    Arrays.fill(counts, 1);
    for (int i = 0; i < ids.size(); i++) {
      counts[i + tokenizer.before()] = weights.get(i);
    }
    return new Chunk(all, counts, vectors);
  }
}
