package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.StagedFolder;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.llama.NewLlama;
import dev.lora4j.text.t5.NewT5;
import dev.lora4j.text.token.BytePairTrainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Command that makes an untrained language model. */
@picocli.CommandLine.Command(
    name = "new",
    sortOptions = false,
    description = {
      "Make a small LLaMA or T5 with a vocabulary learned from texts, and weights from chance.",
      "'text train --method full --targets *' teaches it, 'text merge' writes what it learned."
    })
final class TextNew implements Command {
  private static final String LLAMA = "llama";
  private static final String T5 = "t5";
  private static final String END = "<|endoftext|>";
  private static final String PAD = "<pad>";
  private static final String T5_END = "</s>";
  private static final int LONGEST = 256;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Texts whose words the vocabulary is made of; for t5 inputs with targets too.")
  private Path data = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "The folder to write.")
  private Path out = Path.of("");

  @Option(
      names = "--family",
      paramLabel = "NAME",
      description =
          "llama, which goes on from texts, or t5, which reads an input and writes an output"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "llama")
  private String family = "llama";

  @Option(
      names = "--vocabulary",
      paramLabel = "N",
      description = "Tokens (default: ${DEFAULT-VALUE}).",
      defaultValue = "2048")
  private int vocabulary;

  @Option(
      names = "--width",
      paramLabel = "N",
      description = "Width of the stream between layers (default: ${DEFAULT-VALUE}).",
      defaultValue = "192")
  private int width;

  @Option(
      names = "--inner",
      paramLabel = "N",
      description = "Width within feed-forward layers (default: ${DEFAULT-VALUE}).",
      defaultValue = "512")
  private int inner;

  @Option(
      names = "--layers",
      paramLabel = "N",
      description =
          "Number of layers; of a t5 so many read and as many write"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "6")
  private int layers;

  @Option(
      names = "--heads",
      paramLabel = "N",
      description = "Heads of attention (default: ${DEFAULT-VALUE}).",
      defaultValue = "6")
  private int heads;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "Longest sequence of a llama in tokens (default: 256); a t5 has no limit.")
  private Optional<Integer> longest = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the weights (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(data);
    OutputFile.freshFolder(out);
    boolean pairs = family.equals(T5);
    if (!pairs && !family.equals(LLAMA)) {
      throw Failure.usage("--family is llama or t5, found '" + family + "'.");
    }
    if (pairs && longest.isPresent()) {
      throw Failure.usage("--max-length is of llama alone; a t5 reads texts of any length.");
    }
    int most = longest.orElse(LONGEST);
    NewLlama llama =
        Failure.usage(
            () -> new NewLlama(vocabulary, width, inner, layers, heads, heads, false, most));
    NewT5 t5 = Failure.usage(() -> new NewT5(vocabulary, width, inner, layers, heads));
    try (StagedFolder staged = StagedFolder.beside(out)) {
      BytePairTrainer words = words(pairs);
      String tokenizer =
          pairs ? words.trainEnded(vocabulary, PAD, T5_END) : words.train(vocabulary, END);
      if (pairs) {
        t5.write(staged.path(), seed);
      } else {
        llama.write(staged.path(), seed);
      }
      AtomicFile.write(staged.path().resolve("tokenizer.json"), tokenizer);
      AtomicFile.write(
          staged.path().resolve("tokenizer_config.json"), settings(pairs, most) + "\n");
      staged.commit();
    } catch (IOException e) {
      throw new Failure("Cannot make " + out + ": " + ErrorExplanation.of(e), e);
    }
    console.print(
        json
            ? new Json()
                .put("model", out.toString())
                .put("vocabulary", vocabulary)
                .put("layers", layers)
                .toString()
            : out + "  a model of " + layers + " layers that was taught nothing");
    return 0;
  }

  private BytePairTrainer words(boolean pairs) throws IOException {
    BytePairTrainer words = new BytePairTrainer();
    for (TextExample example : TextDataSet.read(data).examples()) {
      if (example instanceof TextExample.Plain plain) {
        words.add(plain.text());
      } else if (pairs && example instanceof TextExample.Pair pair) {
        words.add(pair.input()).add(pair.target());
      } else {
        throw new Failure(
            "A vocabulary is made of plain texts"
                + (pairs ? ", or of inputs with targets" : "")
                + "; "
                + data
                + " has other examples.");
      }
    }
    return words;
  }

  private static Json settings(boolean pairs, int longest) {
    Json settings = new Json().put("tokenizer_class", "PreTrainedTokenizerFast");
    return pairs
        ? settings.put("eos_token", T5_END).put("pad_token", PAD)
        : settings.put("bos_token", END).put("eos_token", END).put("model_max_length", longest);
  }
}
