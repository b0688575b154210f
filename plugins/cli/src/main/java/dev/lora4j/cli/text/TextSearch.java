package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.encode.NearestVectors;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that finds the texts nearest to a query. */
@picocli.CommandLine.Command(
    name = "search",
    sortOptions = false,
    description = {
      "Find the texts that are nearest to a query by their meaning, with a sentence encoder and its"
          + " adapters, as text train --task embed makes them.",
      "",
      "Example:",
      "  lora4j text search 'Where do whales sleep?' --base minilm --lora mine --data notes"
    })
final class TextSearch implements Command {
  private static final int SHOWN = 100;

  @Parameters(paramLabel = "QUERY", arity = "1..*", description = "What to search for.")
  private List<String> queries = new ArrayList<>();

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description =
          "What is searched: .jsonl files with {\"text\"} or with texts that belong together, .txt and"
              + " .md files, whose paragraphs are searched, or a folder of such files.")
  private Path data = Path.of("");

  @Mixin private final PromptOptions prompts = new PromptOptions();

  @Option(
      names = "--lora",
      paramLabel = "PATH[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description = "Adapter to blend in, and its weight (default: 1). May be given several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "How many texts to show (default: ${DEFAULT-VALUE}).",
      defaultValue = "5")
  private int top;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(data);
    LoraOption.requireForTexts(loras);
    if (top < 1) {
      throw Failure.usage("--top must be at least 1, found " + top + ".");
    }
    if (queries.stream().anyMatch(String::isBlank)) {
      throw Failure.usage("A query is empty; say what to search for.");
    }
    SearchedTexts searched = SearchedTexts.read(data);
    try (OpenEncoder open = OpenEncoder.of(console, options, prompts, loras)) {
      SentenceEncoder model = open.model();
      MixPlan mix = open.plan(console, loras);
      List<String> texts = List.copyOf(searched.texts().keySet());
      List<EncoderText> all =
          Stream.concat(
                  queries.stream().map(query -> model.shortened(model.prompts().query(), query)),
                  texts.stream().map(text -> model.shortened(model.prompts().document(), text)))
              .map(text -> text.with(mix))
              .toList();
      List<float[]> vectors = encoded(console, model, all);
      noteCut(console, model, texts);
      NearestVectors documents =
          new NearestVectors(vectors.subList(queries.size(), vectors.size()));
      List<Map<String, Object>> found = new ArrayList<>();
      for (int q = 0; q < queries.size(); q++) {
        List<NearestVectors.Found> nearest = documents.of(vectors.get(q), top);
        if (json) {
          found.add(report(queries.get(q), nearest, texts, searched));
        } else {
          tell(console, queries.get(q), nearest, texts, searched);
        }
      }
      if (json) {
        console.print(new Json().put("queries", found).toString());
      }
    }
    return 0;
  }

  private static void noteCut(Console console, SentenceEncoder model, List<String> texts) {
    int longest = model.pooling().longest();
    String prompt = model.prompts().document();
    long cut = texts.stream().filter(t -> model.tokens(prompt, t) > longest).count();
    if (cut > 0) {
      console.note(
          cut
              + " of "
              + texts.size()
              + " texts are longer than "
              + longest
              + " tokens and lose their end; divide them by empty lines.");
    }
  }

  private static List<float[]> encoded(
      Console console, SentenceEncoder model, List<EncoderText> all) {
    try (Progress progress = console.progress("encoding", all.size(), "text")) {
      return model.encode(all, done -> progress.done(done, ""));
    }
  }

  private void tell(
      Console console,
      String query,
      List<NearestVectors.Found> nearest,
      List<String> texts,
      SearchedTexts searched) {
    if (queries.size() > 1) {
      console.print(Printable.of(query, SHOWN));
    }
    for (NearestVectors.Found one : nearest) {
      String text = texts.get(one.number());
      console.print(
          String.format(Locale.ROOT, "%7.4f  ", one.cosine())
              + Printable.of(text, SHOWN)
              + "  ("
              + searched.texts().get(text)
              + ")");
    }
  }

  private static Map<String, Object> report(
      String query,
      List<NearestVectors.Found> nearest,
      List<String> texts,
      SearchedTexts searched) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (NearestVectors.Found one : nearest) {
      String text = texts.get(one.number());
      all.add(
          new Json()
              .put("cosine", one.cosine())
              .put("text", text)
              .put("place", String.valueOf(searched.texts().get(text)))
              .fields());
    }
    return new Json().put("query", query).put("nearest", all).fields();
  }
}
