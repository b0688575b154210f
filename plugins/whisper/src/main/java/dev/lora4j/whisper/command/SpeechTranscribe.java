package dev.lora4j.whisper.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.whisper.Transcript;
import dev.lora4j.whisper.TranscriptRequest;
import dev.lora4j.whisper.audio.AudioException;
import dev.lora4j.whisper.audio.Wave;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that transcribes recordings. */
@picocli.CommandLine.Command(
    name = "transcribe",
    sortOptions = false,
    description = {
      "Write what is said in recordings, with adapters.",
      "Recordings are WAV files at any rate; several channels are averaged. What is longer than the"
          + " 30 seconds that Whisper hears at once is read in windows of these, one after the other."
    })
final class SpeechTranscribe implements Command {
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "WAV files.")
  private List<Path> files = new ArrayList<>();

  @Mixin private final SpeechModelOptions options = new SpeechModelOptions();

  @Option(
      names = "--lora",
      paramLabel = "PATH[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description = "Adapter to blend in, and its weight (default: 1). May be given several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Mixin private final TranscriptOptions how = new TranscriptOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    TranscriptRequest request = how.request();
    LoraOption.requireForTexts(loras);
    List<Wave> waves = files.stream().map(SpeechTranscribe::read).toList();
    options.require(loras.stream().map(LoraOption::file).toList());
    try (SpeechModelOptions.Open open = options.open(console)) {
      TranscriptOptions.require(open.model(), request);
      TranscriptRequest mixed =
          request.mix(
              LoraOption.plan(console, loras, open.model().base(), open.model()::loadAdapter));
      long began = System.nanoTime();
      List<Transcript> done = open.model().transcribe(waves, mixed);
      double seconds = (System.nanoTime() - began) / 1e9;
      tell(console, done);
      console.note(
          String.format(
              Locale.ROOT,
              "%.1f s of sound in %.1f s.",
              waves.stream().mapToDouble(Wave::seconds).sum(),
              seconds));
    }
    return 0;
  }

  /** Reads a recording that has some sound. */
  static Wave read(Path file) {
    try {
      Wave wave = Wave.read(ExistingPath.file(file));
      if (wave.silent()) {
        throw new Failure(file + " is silent: all of its samples are 0.");
      }
      return wave.at(Wave.RATE);
    } catch (AudioException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  private void tell(Console console, List<Transcript> done) {
    if (!json) {
      for (int i = 0; i < done.size(); i++) {
        if (files.size() > 1) {
          console.print(files.get(i) + ":");
        }
        console.out().println(Printable.prose(done.get(i).text()));
      }
      return;
    }
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < done.size(); i++) {
      Transcript transcript = done.get(i);
      all.add(
          new Json()
              .put("file", files.get(i).toString())
              .put("language", transcript.language())
              .put("text", transcript.text())
              .put("windows", transcript.windows().stream().map(SpeechTranscribe::json).toList())
              .fields());
    }
    console.print(new Json().put("transcripts", all).toString());
  }

  private static Object json(Transcript.Window window) {
    return new Json()
        .put("begin", window.begin())
        .put("end", window.end())
        .put("text", window.text())
        .put("tokens", window.tokens())
        .fields();
  }
}
