package dev.lora4j.text.token;

import static dev.lora4j.text.token.JsonFiles.replace;
import static dev.lora4j.text.token.JsonFiles.sequence;
import static dev.lora4j.text.token.JsonFiles.typed;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.text.token.SentencePieceModel.Algorithm;
import dev.lora4j.text.token.SentencePieceModel.Kind;
import dev.lora4j.text.token.SentencePieceModel.Piece;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model of SentencePiece as a {@code tokenizer.json}, as the converters of transformers describe
 * those of LLaMA (BPE) and T5 (Unigram).
 */
final class SentencePieceDescription {
  private static final String SPACE = "\u2581";

  /** T5 has so many tokens for gaps in a text, after its pieces. */
  private static final int T5_GAPS = 100;

  /** A merge of two pieces. */
  private record Merge(String left, String right, float score, int leftId, int rightId) {}

  private SentencePieceDescription() {}

  /** The description; tokens that the settings name are added by whoever calls. */
  static JsonObject of(SentencePieceModel model, TokenizerSettings settings) {
    JsonObject json = new JsonObject();
    json.addProperty("version", "1.0");
    json.add("added_tokens", addedTokens(model));
    if (model.algorithm() == Algorithm.BPE) {
      bpe(json, model, settings);
    } else {
      unigram(json, model, settings);
    }
    return json;
  }

  private static void bpe(JsonObject json, SentencePieceModel model, TokenizerSettings settings) {
    JsonObject vocab = new JsonObject();
    for (int id = 0; id < model.pieces().size(); id++) {
      vocab.addProperty(model.pieces().get(id).text(), id);
    }
    JsonObject bpe = typed("BPE");
    bpe.addProperty("unk_token", unknown(model).text());
    bpe.addProperty("fuse_unk", true);
    bpe.addProperty("byte_fallback", bytes(model));
    bpe.add("vocab", vocab);
    bpe.add("merges", merges(model));
    json.add("model", bpe);

    List<JsonElement> normalizers = normalizers(model);
    boolean whole = settings.flag("legacy").orElse(true);
    if (whole) { // also what follows a special token begins with a space
      if (model.dummyPrefix()) {
        JsonObject prepend = typed("Prepend");
        prepend.addProperty("prepend", SPACE);
        normalizers.add(prepend);
      }
      normalizers.add(replace("String", " ", SPACE));
    } else {
      json.add("pre_tokenizer", metaspace(model.dummyPrefix() ? "first" : "never", false));
    }
    if (!normalizers.isEmpty()) {
      json.add("normalizer", sequence("normalizers", normalizers.toArray(new JsonElement[0])));
    }
    JsonObject lead = typed("Strip");
    lead.addProperty("content", " ");
    lead.addProperty("start", model.dummyPrefix() ? 1 : 0);
    lead.addProperty("stop", 0);
    json.add(
        "decoder",
        sequence(
            "decoders", replace("String", SPACE, " "), typed("ByteFallback"), typed("Fuse"), lead));
  }

  private static void unigram(
      JsonObject json, SentencePieceModel model, TokenizerSettings settings) {
    JsonArray vocab = new JsonArray();
    model.pieces().forEach(piece -> vocab.add(scored(piece.text(), piece.score())));
    boolean t5 = settings.kind().isEmpty() || settings.kind().endsWith("T5Tokenizer");
    if (t5) {
      int gaps =
          settings.config().get("extra_ids") instanceof JsonPrimitive given
              ? given.getAsInt()
              : T5_GAPS;
      JsonArray added = json.getAsJsonArray("added_tokens");
      for (int gap = gaps - 1; gap >= 0; gap--) {
        String token = "<extra_id_" + gap + ">";
        added.add(AddedToken.special(vocab.size(), token).json());
        vocab.add(scored(token, 0));
      }
    }
    JsonObject unigram = typed("Unigram");
    unigram.addProperty("unk_id", model.pieces().indexOf(unknown(model)));
    unigram.addProperty("byte_fallback", bytes(model));
    unigram.add("vocab", vocab);
    json.add("model", unigram);

    List<JsonElement> normalizers = normalizers(model);
    if (!normalizers.isEmpty()) {
      json.add("normalizer", sequence("normalizers", normalizers.toArray(new JsonElement[0])));
    }
    json.add("pre_tokenizer", metaspace(model.dummyPrefix() ? "always" : "never", true));
    json.add("decoder", metaspace(model.dummyPrefix() ? "always" : "never", true));
    if (t5) {
      String end =
          settings.names().getOrDefault("eos_token", "</s>"); // T5 ends each text by itself
      int id = model.pieces().stream().map(Piece::text).toList().indexOf(end);
      if (id >= 0) {
        json.add("post_processor", PostProcessor.processor(List.of(), List.of(id), List.of(end)));
      }
    }
  }

  private static List<JsonElement> normalizers(SentencePieceModel model) {
    List<JsonElement> steps = new ArrayList<>();
    if (model.charsMap().length > 0) {
      JsonObject compiled = typed("Precompiled");
      compiled.addProperty(
          "precompiled_charsmap", Base64.getEncoder().encodeToString(model.charsMap()));
      steps.add(compiled);
    }
    if (model.fewerSpaces()) {
      steps.add(replace("Regex", "\\A +| +\\z", "")); // spaces alone, not all that is white
      steps.add(replace("Regex", " {2,}", " "));
    }
    return steps;
  }

  private static JsonObject metaspace(String prefix, boolean split) {
    JsonObject step = typed("Metaspace");
    step.addProperty("replacement", SPACE);
    step.addProperty("prepend_scheme", prefix);
    step.addProperty("split", split);
    return step;
  }

  /** Tokens that stand for something else than text, and those that are never divided. */
  private static JsonArray addedTokens(SentencePieceModel model) {
    JsonArray added = new JsonArray();
    for (int id = 0; id < model.pieces().size(); id++) {
      Piece piece = model.pieces().get(id);
      switch (piece.kind()) {
        case CONTROL, UNKNOWN -> added.add(AddedToken.special(id, piece.text()).json());
        case USER_DEFINED ->
            added.add(new AddedToken(id, piece.text(), false, false, false, false, false).json());
        case NORMAL, UNUSED, BYTE -> {}
      }
    }
    return added;
  }

  /**
   * The pairs that make each piece, those of the piece with the highest score first: SentencePiece
   * merges by the score of what comes out, and the library takes a list of pairs.
   */
  private static JsonArray merges(SentencePieceModel model) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < model.pieces().size(); id++) {
      Kind kind = model.pieces().get(id).kind();
      if (kind == Kind.NORMAL || kind == Kind.USER_DEFINED) {
        ids.put(model.pieces().get(id).text(), id);
      }
    }
    List<Merge> merges = new ArrayList<>();
    for (Piece piece : model.pieces()) {
      String whole = piece.text();
      if (!ids.containsKey(whole)) {
        continue;
      }
      for (int cut = 1; cut < whole.length(); cut++) {
        Integer left = ids.get(whole.substring(0, cut));
        Integer right = ids.get(whole.substring(cut));
        if (left != null && right != null) {
          merges.add(
              new Merge(whole.substring(0, cut), whole.substring(cut), piece.score(), left, right));
        }
      }
    }
    merges.sort(
        Comparator.<Merge>comparingDouble(merge -> -merge.score)
            .thenComparingInt(merge -> merge.leftId)
            .thenComparingInt(merge -> merge.rightId));
    JsonArray pairs = new JsonArray();
    for (Merge merge : merges) {
      JsonArray pair = new JsonArray();
      pair.add(merge.left);
      pair.add(merge.right);
      pairs.add(pair);
    }
    return pairs;
  }

  private static Piece unknown(SentencePieceModel model) {
    return model.pieces().stream()
        .filter(piece -> piece.kind() == Kind.UNKNOWN)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("it has no piece for what is unknown"));
  }

  private static boolean bytes(SentencePieceModel model) {
    return model.pieces().stream().anyMatch(piece -> piece.kind() == Kind.BYTE);
  }

  private static JsonArray scored(String text, float score) {
    JsonArray entry = new JsonArray();
    entry.add(text);
    entry.add((double) score);
    return entry;
  }
}
