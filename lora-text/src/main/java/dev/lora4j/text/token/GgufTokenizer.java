package dev.lora4j.text.token;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufMetadata;
import dev.lora4j.core.gguf.GgufValue;
import dev.lora4j.text.gguf.GgufKeys;
import dev.lora4j.text.token.SentencePieceModel.Algorithm;
import dev.lora4j.text.token.SentencePieceModel.Kind;
import dev.lora4j.text.token.SentencePieceModel.Piece;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tokeniser of a GGUF file as transformers has it.
 *
 * @param description a {@code tokenizer.json}
 * @param settings what would lie beside it
 */
record GgufTokenizer(JsonObject description, TokenizerSettings settings) {
  private static final String AT = "tokenizer.ggml.";

  /** Kinds of tokens, which files number from 1 on as SentencePiece does. */
  private static final int KINDS = 6;

  /** Ends a turn in Gemma's chats; most of its files do not say so. */
  private static final String GEMMA_TURN = "<end_of_turn>";

  private static final String CHAT = "tokenizer.chat_template";

  /** Special tokens by transformers' names, and ids of LLaMA's where a file does not say. */
  private static final Map<String, String> SPECIAL =
      Map.of(
          "bos_token", "bos_token_id",
          "eos_token", "eos_token_id",
          "unk_token", "unknown_token_id",
          "pad_token", "padding_token_id");

  private static final Map<String, Integer> OF_LLAMA =
      Map.of("unk_token", 0, "bos_token", 1, "eos_token", 2);

  private static final Map<String, Integer> OF_T5 =
      Map.of("pad_token", 0, "eos_token", 1, "unk_token", 2);

  /** Tokens for gaps in a text, which T5 has after its pieces and files without names. */
  private static final int T5_GAPS = 100;

  /**
   * Reads the tokeniser of a file.
   *
   * @throws TokenizerException if there is none, or one of a kind that is not known
   * @throws dev.lora4j.core.gguf.GgufException if the file is damaged
   */
  static GgufTokenizer read(Path path) {
    GgufFile file = GgufFile.open(path);
    GgufKeys.requireTokenizer(file);
    Reader reader = new Reader(path, file.metadata());
    String kind =
        file.metadata()
            .text(AT + "model")
            .orElseThrow(() -> new TokenizerException(path, "holds no tokeniser."));
    return switch (kind) {
      case "gpt2" -> reader.byteLevel();
      case "llama" -> reader.sentencePiece();
      case "t5" -> reader.unigram();
      default ->
          throw new TokenizerException(
              path,
              "has a tokeniser of the kind '"
                  + kind
                  + "', which is not known; known are gpt2 (byte-level BPE), llama"
                  + " (SentencePiece) and t5 (SentencePiece's Unigram).");
    };
  }

  /** Reads the metadata of one file. */
  private record Reader(Path path, GgufMetadata metadata, List<String> tokens, List<Kind> kinds) {
    Reader(Path path, GgufMetadata metadata) {
      this(path, metadata, metadata.texts(AT + "tokens"), new ArrayList<>());
      List<Integer> types = metadata.wholes(AT + "token_type", 1, KINDS);
      requireAsMany("token_type", types.size(), types.isEmpty());
      for (int i = 0; i < tokens.size(); i++) {
        kinds.add(types.isEmpty() ? Kind.NORMAL : SentencePieceModel.kind(types.get(i)));
      }
    }

    private void requireAsMany(String name, int found, boolean absent) {
      if (tokens.isEmpty() || (!absent && found != tokens.size())) {
        throw new TokenizerException(
            path,
            "has %d tokens (%stokens) and %d values of %s%s. The file is damaged."
                .formatted(tokens.size(), AT, found, AT, name));
      }
    }

    GgufTokenizer byteLevel() {
      PreTokenizer pre = preTokenizer();
      JsonObject vocab = new JsonObject();
      JsonArray added = new JsonArray();
      for (int id = 0; id < tokens.size(); id++) {
        String text = tokens.get(id);
        vocab.addProperty(text, id);
        switch (kinds.get(id)) {
          case CONTROL, UNKNOWN -> added.add(AddedToken.special(id, text).json());
          case USER_DEFINED ->
              added.add(new AddedToken(id, text, false, false, false, false, false).json());
          case NORMAL, UNUSED, BYTE -> {}
        }
      }
      boolean space = metadata.flag(AT + "add_space_prefix").orElse(false);
      JsonObject json = Gpt2Description.of(vocab, merges(vocab), added, pre.steps(space));
      json.getAsJsonObject("model").addProperty("ignore_merges", pre.wholeWords());
      pre.normalizer().ifPresent(n -> json.add("normalizer", n));
      return new GgufTokenizer(json, settings(pre.begins(), false, Map.of()));
    }

    private PreTokenizer preTokenizer() {
      Optional<String> name = metadata.text(AT + "pre");
      return name.flatMap(PreTokenizer::of)
          .orElseThrow(
              () ->
                  new TokenizerException(
                      path,
                      (name.isPresent()
                              ? "divides texts in the way '" + name.get() + "' (" + AT + "pre)"
                              : "does not say how texts are divided (" + AT + "pre)")
                          + ", for which no rules are known here; known are "
                          + String.join(", ", PreTokenizer.known())
                          + ". Convert the model anew, or take its folder of transformers."));
    }

    private JsonArray merges(JsonObject vocab) {
      JsonArray merges = new JsonArray();
      for (String merge : metadata.texts(AT + "merges")) {
        // A space within a token is written otherwise, so that only one divides.
        int space = merge.indexOf(' ', 1);
        String left = space < 0 ? "" : merge.substring(0, space);
        String right = space < 0 ? "" : merge.substring(space + 1);
        if (!vocab.has(left) || !vocab.has(right) || !vocab.has(left + right)) {
          throw new TokenizerException(
              path,
              "has in %smerges no two tokens that make one of the vocabulary: '%s'. The file is damaged."
                  .formatted(AT, merge));
        }
        JsonArray pair = new JsonArray();
        pair.add(left);
        pair.add(right);
        merges.add(pair);
      }
      return merges;
    }

    GgufTokenizer sentencePiece() {
      boolean space = metadata.flag(AT + "add_space_prefix").orElse(true);
      SentencePieceModel model =
          new SentencePieceModel(pieces(), Algorithm.BPE, new byte[0], space, false);
      return described(model, settings(true, false, OF_LLAMA));
    }

    private List<Piece> pieces() {
      List<Float> scores = metadata.reals(AT + "scores");
      requireAsMany("scores", scores.size(), false);
      // Gemma's files count it among the special tokens.
      if (!kinds.contains(Kind.UNKNOWN)) {
        id("unknown_token_id").ifPresent(id -> kinds.set(id, Kind.UNKNOWN));
      }
      List<Piece> pieces = new ArrayList<>();
      for (int id = 0; id < tokens.size(); id++) {
        pieces.add(new Piece(tokens.get(id), scores.get(id), kinds.get(id)));
      }
      return pieces;
    }

    private GgufTokenizer described(SentencePieceModel model, TokenizerSettings settings) {
      try {
        return new GgufTokenizer(SentencePieceDescription.of(model, settings), settings);
      } catch (IllegalArgumentException e) {
        throw new TokenizerException(path, "cannot be used: " + e.getMessage() + ".", e);
      }
    }

    /** T5's; a text ends with a token. */
    GgufTokenizer unigram() {
      List<Piece> pieces = pieces();
      int end = pieces.size();
      // Rows of the table of tokens that no piece belongs to.
      while (end > 0 && tokens.get(end - 1).equals("[PAD" + (end - 1) + "]")) {
        end--;
      }
      List<Piece> own = new ArrayList<>();
      for (Piece piece : pieces.subList(0, end)) {
        // Where a file names the tokens for gaps, they are added ones, which transformers has as
        // special ones.
        boolean gap = piece.text().matches("<extra_id_\\d+>");
        own.add(gap ? new Piece(piece.text(), piece.score(), Kind.CONTROL) : piece);
      }
      byte[] chars = new byte[0];
      if (metadata.has(AT + "precompiled_charsmap")) {
        List<Integer> bytes = metadata.wholes(AT + "precompiled_charsmap", Byte.MIN_VALUE, 255);
        chars = new byte[bytes.size()];
        for (int i = 0; i < chars.length; i++) {
          chars[i] = bytes.get(i).byteValue();
        }
      }
      SentencePieceModel model =
          new SentencePieceModel(
              own,
              Algorithm.UNIGRAM,
              chars,
              metadata.flag(AT + "add_space_prefix").orElse(true),
              metadata.flag(AT + "remove_extra_whitespaces").orElse(false));
      TokenizerSettings settings = settings(false, true, OF_T5);
      settings.config().addProperty("tokenizer_class", "T5Tokenizer");
      settings.config().addProperty("extra_ids", pieces.size() - end < T5_GAPS ? 0 : T5_GAPS);
      return described(model, settings);
    }

    /**
     * What would lie beside the vocabulary.
     *
     * @param begins whether a text begins with the token that begins texts, if the file does not
     *     say
     * @param ends whether a text ends with the token that ends texts, if the file does not say
     * @param usual ids of special tokens, if the file does not say
     */
    private TokenizerSettings settings(boolean begins, boolean ends, Map<String, Integer> usual) {
      JsonObject config = new JsonObject();
      Map<String, String> names = new LinkedHashMap<>();
      SPECIAL.forEach(
          (name, key) ->
              id(key)
                  .or(() -> Optional.ofNullable(usual.get(name)).filter(i -> i < tokens.size()))
                  .ifPresent(id -> names.put(name, tokens.get(id))));
      names.forEach(config::addProperty);
      boolean begin = metadata.flag(AT + "add_bos_token").orElse(begins);
      boolean end = metadata.flag(AT + "add_eos_token").orElse(ends);
      requireToken(begin, names, "bos_token", "add_bos_token");
      requireToken(end, names, "eos_token", "add_eos_token");
      config.addProperty("add_bos_token", begin);
      config.addProperty("add_eos_token", end);
      config.addProperty("tokenizer_class", "PreTrainedTokenizerFast");
      Map<String, String> templates = templates();
      addTemplates(config, templates);
      Set<Integer> last = new LinkedHashSet<>();
      for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
        id(key).ifPresent(last::add);
      }
      if (id("eot_token_id").isEmpty()) {
        specialToken(GEMMA_TURN).ifPresent(last::add);
      }
      return new TokenizerSettings(config, names, List.of(), List.copyOf(last), templates);
    }

    private void requireToken(boolean added, Map<String, String> names, String token, String flag) {
      if (added && !names.containsKey(token)) {
        throw new TokenizerException(
            path, "adds a token to each text (" + AT + flag + ") and does not say which.");
      }
    }

    private Optional<Integer> specialToken(String text) {
      int id = tokens.indexOf(text);
      return id >= 0 && kinds.get(id) == Kind.CONTROL ? Optional.of(id) : Optional.empty();
    }

    private Optional<Integer> id(String key) {
      return metadata.whole(AT + key, 0, tokens.size() - 1);
    }

    private Map<String, String> templates() {
      Map<String, String> templates = new LinkedHashMap<>();
      metadata.text(CHAT).ifPresent(text -> templates.put("default", text));
      for (String key : metadata.keys()) {
        if (key.startsWith(CHAT + ".") && metadata.find(key).get() instanceof GgufValue.Text text) {
          templates.put(key.substring(CHAT.length() + 1), text.value());
        }
      }
      return templates;
    }

    private static void addTemplates(JsonObject config, Map<String, String> templates) {
      if (templates.size() == 1 && templates.containsKey("default")) {
        config.addProperty("chat_template", templates.get("default"));
      } else if (!templates.isEmpty()) {
        JsonArray all = new JsonArray();
        templates.forEach(
            (name, template) -> {
              JsonObject each = new JsonObject();
              each.addProperty("name", name);
              each.addProperty("template", template);
              all.add(each);
            });
        config.add("chat_template", all);
      }
    }
  }
}
