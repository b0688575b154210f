package dev.lora4j.diffusion.clip;

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

  private final ClipTokenizer tokenizer;
  private final int comma;
  private final List<Chunk> chunks = new ArrayList<>();
  private final List<Integer> ids = new ArrayList<>();
  private final List<Double> weights = new ArrayList<>();
  private int lastComma = -1;

  /**
   * Tokens for one run of a text encoder.
   *
   * @param ids start, the tokens, end, then padding
   * @param weights how much each of them counts
   */
  @SuppressWarnings("ArrayRecordComponent") // handed to a tensor as they are, and never compared
  public record Chunk(int[] ids, double[] weights) {
    /** Whether every token counts the same. */
    public boolean plain() {
      return Arrays.stream(weights).allMatch(w -> w == 1);
    }
  }

  private PromptChunks(ClipTokenizer tokenizer) {
    this.tokenizer = tokenizer;
    int[] found = tokenizer.pieces(COMMA);
    this.comma = found.length == 1 ? found[0] : -1;
  }

  /** The chunks of a prompt, at least one. */
  public static List<Chunk> of(ClipTokenizer tokenizer, String prompt) {
    PromptChunks made = new PromptChunks(tokenizer);
    for (Piece piece : PromptSyntax.parse(prompt)) {
      if (piece.breaks()) {
        made.finish();
      } else {
        for (int id : tokenizer.pieces(piece.text())) {
          made.add(id, piece.weight());
        }
      }
    }
    if (!made.ids.isEmpty() || made.chunks.isEmpty()) {
      made.finish();
    }
    return made.chunks;
  }

  /** A chunk that says nothing. */
  public static Chunk empty(ClipTokenizer tokenizer) {
    return new PromptChunks(tokenizer).chunk();
  }

  private int room() {
    return tokenizer.maxLength() - 2;
  }

  private void add(int id, double weight) {
    if (id != comma && ids.size() == room()) {
      int after = ids.size() - lastComma - 1;
      if (lastComma >= 0 && after <= Math.min(MOST_AFTER_COMMA, room() / 2)) {
        List<Integer> carriedIds = new ArrayList<>(ids.subList(lastComma + 1, ids.size()));
        List<Double> carriedWeights =
            new ArrayList<>(weights.subList(lastComma + 1, weights.size()));
        ids.subList(lastComma + 1, ids.size()).clear();
        weights.subList(lastComma + 1, weights.size()).clear();
        finish();
        ids.addAll(carriedIds);
        weights.addAll(carriedWeights);
      }
    }
    if (ids.size() == room()) {
      finish();
    }
    if (id == comma) {
      lastComma = ids.size();
    }
    ids.add(id);
    weights.add(weight);
  }

  private void finish() {
    chunks.add(chunk());
    ids.clear();
    weights.clear();
    lastComma = -1;
  }

  private Chunk chunk() {
    int[] all = new int[tokenizer.maxLength()];
    double[] counts = new double[all.length];
    Arrays.fill(all, tokenizer.padId());
    Arrays.fill(counts, 1);
    all[0] = tokenizer.startId();
    for (int i = 0; i < ids.size(); i++) {
      all[i + 1] = ids.get(i);
      counts[i + 1] = weights.get(i);
    }
    all[ids.size() + 1] = tokenizer.endId();
    return new Chunk(all, counts);
  }
}
