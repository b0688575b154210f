package dev.lora4j.text.token;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Folders of small tokenisers, one of each kind. */
public final class TinyTokenizers {
  private TinyTokenizers() {}

  /**
   * Pieces of LLaMA's kind: ids 0 to 2 are special, 3 to 258 bytes, then those of {@link #words}.
   */
  static SentencePieceFile pieces() {
    SentencePieceFile file =
        new SentencePieceFile()
            .piece("<unk>", 0, SentencePieceFile.UNKNOWN)
            .piece("<s>", 0, SentencePieceFile.CONTROL)
            .piece("</s>", 0, SentencePieceFile.CONTROL);
    for (int i = 0; i < 256; i++) {
      file.piece("<0x%02X>".formatted(i), 0, SentencePieceFile.BYTE);
    }
    List<String> words = words();
    for (int i = 0; i < words.size(); i++) {
      file.piece(words.get(i), -i, SentencePieceFile.NORMAL);
    }
    return file;
  }

  private static List<String> words() {
    List<String> words =
        new ArrayList<>(List.of("\u2581f", "ox", "\u2581fox", "re", "red", "\u2581red", "\u2581"));
    for (char letter = 'a'; letter <= 'z'; letter++) {
      words.add(String.valueOf(letter));
    }
    return words;
  }

  /** Writes a {@code tokenizer.model} of LLaMA's kind; returns the folder. */
  public static Path llama(Path folder) throws IOException {
    Files.write(folder.resolve("tokenizer.model"), pieces().bpe(true, false));
    return folder;
  }

  /** Writes GPT-2's two files: an id for each byte, then {@code fo}, {@code fox}, {@code Ġfox}. */
  public static Path gpt2(Path folder) throws IOException {
    StringBuilder vocab = new StringBuilder("{");
    int id = 0;
    int other = 256;
    for (int b = 0; b < 256; b++) {
      boolean shown = (b > 32 && b < 127) || (b > 160 && b != 173);
      vocab.append("\"\\u%04x\":%d,".formatted(shown ? b : other++, id++));
    }
    vocab.append("\"fo\":256,\"fox\":257,\"\u0120fox\":258,\"<|endoftext|>\":259}");
    Files.writeString(folder.resolve("vocab.json"), vocab);
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nf o\nfo x\n\u0120 fox\n");
    return folder;
  }

  /** Writes a {@code tokenizer.json} of BERT's kind. */
  public static Path bert(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        """
        {"version": "1.0", "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
         "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
         "added_tokens": [],
         "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
           "vocab": {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3, "[MASK]": 4, "red": 5, "fox": 6, "##es": 7, ",": 8}}}
        """);
    return folder;
  }

  /** Writes a {@code spiece.model} of T5's kind. */
  static Path t5(Path folder) throws IOException {
    SentencePieceFile file =
        new SentencePieceFile()
            .piece("<pad>", 0, SentencePieceFile.CONTROL)
            .piece("</s>", 0, SentencePieceFile.CONTROL)
            .piece("<unk>", 0, SentencePieceFile.UNKNOWN)
            .piece("\u2581", -3, SentencePieceFile.NORMAL)
            .piece("\u2581red", -1, SentencePieceFile.NORMAL)
            .piece("\u2581fox", -1, SentencePieceFile.NORMAL)
            .piece("es", -2, SentencePieceFile.NORMAL);
    Files.write(folder.resolve("spiece.model"), file.unigram());
    return folder;
  }

  /** Writes a {@code spiece.model} of T5's kind with 30 ids: a space and the letters. */
  public static Path letters(Path folder) throws IOException {
    SentencePieceFile file =
        new SentencePieceFile()
            .piece("<pad>", 0, SentencePieceFile.CONTROL)
            .piece("</s>", 0, SentencePieceFile.CONTROL)
            .piece("<unk>", 0, SentencePieceFile.UNKNOWN)
            .piece("\u2581", -1, SentencePieceFile.NORMAL);
    for (char letter = 'a'; letter <= 'z'; letter++) {
      file.piece(String.valueOf(letter), -2, SentencePieceFile.NORMAL);
    }
    Files.write(folder.resolve("spiece.model"), file.unigram());
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"extra_ids\": 0}");
    return folder;
  }
}
