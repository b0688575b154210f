package dev.lora4j.whisper.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.whisper.SpeechModel;
import dev.lora4j.whisper.Transcript;
import dev.lora4j.whisper.TranscriptRequest;
import dev.lora4j.whisper.audio.Wave;
import dev.lora4j.whisper.data.SpokenText;
import dev.lora4j.whisper.score.WordErrors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that counts word errors. */
@picocli.CommandLine.Command(
    name = "evaluate",
    sortOptions = false,
    description = {
      "Count the words that transcripts of recordings have wrong, without and with adapters.",
      "Case, punctuation and what is in brackets do not count. The data are as for speech train."
    })
final class SpeechEvaluate implements Command {
  @Mixin private final SpeechModelOptions options = new SpeechModelOptions();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Recordings with their texts: a .jsonl file, or a folder.")
  private Path data = Path.of("");

  @Option(
      names = "--lora",
      paramLabel = "PATH[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description = "Adapter to blend in, and its weight (default: 1). May be given several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Mixin private final TranscriptOptions how = new TranscriptOptions();

  @Option(names = "--json", description = "Report as one JSON object, with all transcripts.")
  private boolean json;

  /** Transcripts of all recordings, and their errors. */
  private record Scored(List<String> transcripts, WordErrors errors) {
    Json json() {
      return new Json()
          .put("wordErrorRate", errors.rate())
          .put("substitutions", errors.substitutions())
          .put("deletions", errors.deletions())
          .put("insertions", errors.insertions())
          .put("words", errors.words());
    }
  }

  @Override
  public int run(Console console) {
    TranscriptRequest request = how.request();
    LoraOption.requireForTexts(loras);
    options.require(loras.stream().map(LoraOption::file).toList());
    List<SpokenText> texts = SpeechTrain.read(data);
    try (SpeechModelOptions.Open open = options.open(console)) {
      TranscriptOptions.require(open.model(), request);
      MixPlan mix = LoraOption.plan(console, loras, open.model().base(), open.model()::loadAdapter);
      Json told = new Json().put("recordings", texts.size());
      Scored base = scored(open.model(), texts, request);
      told.put("base", base.json().fields());
      tell(console, "base", base);
      List<Object> lines = new ArrayList<>();
      if (loras.isEmpty()) {
        texts.forEach(t -> lines.add(line(t, base, base, texts.indexOf(t), false)));
      } else {
        Scored adapted = scored(open.model(), texts, request.mix(mix));
        told.put("adapters", adapted.json().fields());
        tell(console, LoraOption.names(loras), adapted);
        texts.forEach(t -> lines.add(line(t, base, adapted, texts.indexOf(t), true)));
      }
      if (json) {
        console.print(told.put("transcripts", lines).toString());
      }
    }
    return 0;
  }

  private void tell(Console console, String what, Scored scored) {
    if (!json) {
      console.print(String.format(Locale.ROOT, "%-12s  %s", what, scored.errors().text()));
    }
  }

  private static Object line(SpokenText text, Scored base, Scored with, int at, boolean adapted) {
    Json line =
        new Json()
            .put("recording", text.where())
            .put("text", text.text())
            .put("base", base.transcripts().get(at));
    return (adapted ? line.put("adapters", with.transcripts().get(at)) : line).fields();
  }

  private static Scored scored(SpeechModel model, List<SpokenText> texts, TranscriptRequest how) {
    List<Wave> waves = texts.stream().map(SpokenText::sound).toList();
    List<String> written = model.transcribe(waves, how).stream().map(Transcript::text).toList();
    WordErrors errors = WordErrors.NONE;
    for (int i = 0; i < written.size(); i++) {
      errors = errors.plus(WordErrors.of(texts.get(i).text(), written.get(i)));
    }
    return new Scored(written, errors);
  }
}
