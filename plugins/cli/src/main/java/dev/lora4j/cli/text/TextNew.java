package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.llama.NewLlama;
import dev.lora4j.text.token.BytePairTrainer;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Command that makes an untrained language model. */
@picocli.CommandLine.Command(
    name = "new",
    sortOptions = false,
    description = {
      "Make a small LLaMA with a vocabulary learned from texts, and weights from chance.",
      "'text train --method full --targets *' teaches it, 'text merge' writes what it learned."
    })
final class TextNew implements Command {
  private static final String END = "<|endoftext|>";

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Texts whose words the vocabulary is made of.")
  private Path data = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "The folder to write.")
  private Path out = Path.of("");

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
      description = "Number of layers (default: ${DEFAULT-VALUE}).",
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
      description = "Longest sequence in tokens (default: ${DEFAULT-VALUE}).",
      defaultValue = "256")
  private int longest;

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
    NewLlama model =
        Failure.usage(
            () -> new NewLlama(vocabulary, width, inner, layers, heads, heads, false, longest));
    try {
      BytePairTrainer words = new BytePairTrainer();
      for (TextExample example : TextDataSet.read(data).examples()) {
        if (!(example instanceof TextExample.Plain plain)) {
          throw new Failure(
              "A vocabulary is made of plain texts; " + data + " has other examples.");
        }
        words.add(plain.text());
      }
      String tokenizer = words.train(vocabulary, END);
      model.write(out, seed);
      AtomicFile.write(out.resolve("tokenizer.json"), tokenizer);
      AtomicFile.write(
          out.resolve("tokenizer_config.json"),
          "{\n  \"tokenizer_class\": \"PreTrainedTokenizerFast\",\n  \"bos_token\": \""
              + END
              + "\",\n  \"eos_token\": \""
              + END
              + "\",\n  \"model_max_length\": "
              + longest
              + "\n}\n");
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
}
