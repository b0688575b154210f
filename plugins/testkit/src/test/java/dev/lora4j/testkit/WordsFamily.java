package dev.lora4j.testkit;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.text.EncodedText;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.model.text.TextEncoderFamily;
import dev.lora4j.core.model.text.TextEncoderInputs;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A text encoder that is not CLIP: words of a list, each a row of a table, and of all of them
 * together what one layer makes of their mean.
 */
@Extension(point = TextEncoderFamily.class, name = "words", help = "words and their mean")
public class WordsFamily implements TextEncoderFamily {
  private final String architecture;

  /** For the host. */
  public WordsFamily() {
    this("WordsModel");
  }

  /** Of another name. */
  WordsFamily(String architecture) {
    this.architecture = architecture;
  }

  @Override
  public boolean recognises(ConfigFile config) {
    return config.has("architectures") && config.texts("architectures").contains(architecture);
  }

  @Override
  public TextEncoderNetwork network(ConfigFile config) {
    return new Network(
        config.integer("vocab_size"), config.integer("hidden_size"), config.integer("places"));
  }

  /** The network. */
  public record Network(int words, int width, int places) implements TextEncoderNetwork {
    @Override
    public String canonical() {
      return CanonicalForm.of("Words")
          .with("words", words)
          .with("width", width)
          .with("places", places)
          .text();
    }

    @Override
    public int pooledWidth() {
      return width;
    }

    @Override
    public EncodedText stage(
        Weights weights, TextEncoderInputs tokens, DType compute, HiddenView view) {
      if (view.single().skip() != 0) {
        throw new IllegalArgumentException("An encoder of one layer cannot leave out any.");
      }
      Expr known = weights.embedding("words", tokens.ids(), words, width);
      Expr each = tokens.embedded(known).to(compute);
      Expr all = weights.linear("mean", each.mean(1), width).silu();
      Optional<Expr> pooled = tokens.end().map(end -> all.reshape(-1, width));
      return new EncodedText(each.add(all), pooled);
    }

    @Override
    public PromptTokenizer tokenizer(Path folder) {
      Path file = folder.resolve("words.txt");
      try {
        return new Tokenizer(List.copyOf(Files.readAllLines(file)), places);
      } catch (IOException e) {
        throw new ModelException("Cannot read " + file + ", the words of the encoder.", e);
      }
    }
  }

  /** Id 0 fills what is left, 1 is for words that are not known; the others are those of a list. */
  public record Tokenizer(List<String> words, int maxLength) implements PromptTokenizer {
    @Override
    public int room() {
      return maxLength;
    }

    @Override
    public int before() {
      return 0;
    }

    @Override
    public int placeholder() {
      return 1;
    }

    @Override
    public int[] pieces(String text) {
      return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}]+"))
          .filter(word -> !word.isEmpty())
          .mapToInt(word -> Math.max(1, words.indexOf(word) + 2))
          .toArray();
    }

    @Override
    public int[] framed(int[] pieces) {
      return Arrays.copyOf(pieces, maxLength);
    }

    @Override
    public int end(int[] framed) {
      int end = framed.length - 1;
      while (end > 0 && framed[end] == 0) {
        end--;
      }
      return end;
    }

    @Override
    public void close() {}
  }
}
