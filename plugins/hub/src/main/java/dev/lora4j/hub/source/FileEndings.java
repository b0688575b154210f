package dev.lora4j.hub.source;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Endings of files: which are fetched, and why others are not. */
public final class FileEndings {
  /** Ending of the files that are fetched. */
  public static final String SAFETENSORS = ".safetensors";

  private static final String PICKLE =
      "is a Python pickle by its name, which can run code when it is loaded";
  private static final String ARCHIVE = "is an archive by its name, which can hold anything";
  private static final Map<String, List<String>> REASONS =
      Map.of(
          PICKLE,
          List.of(".ckpt", ".pt", ".pth", ".bin", ".pkl", ".pickle"),
          ARCHIVE,
          List.of(".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".xz", ".zst", ".npz"),
          "is of another format by its name",
          List.of(".gguf", ".ggml", ".onnx", ".h5", ".msgpack", ".npy", ".engine", ".pb"),
          "is no adapter by its name",
          List.of(
              ".json", ".txt", ".md", ".yaml", ".yml", ".toml", ".csv", ".py", ".ipynb", ".exe",
              ".sh", ".bat", ".js", ".html", ".htm", ".png", ".jpg", ".jpeg", ".webp", ".gif",
              ".mp4", ".webm", ".pdf"));

  private FileEndings() {}

  /** Returns true if a file is one that is fetched. */
  public static boolean wanted(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(SAFETENSORS);
  }

  /** A file's name without the ending of those that are fetched. */
  public static String stem(String name) {
    return wanted(name) ? name.substring(0, name.length() - SAFETENSORS.length()) : name;
  }

  /** Sentence that refuses a file by its name; none where the name says nothing against it. */
  public static Optional<String> refusal(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return REASONS.entrySet().stream()
        .filter(entry -> entry.getValue().stream().anyMatch(lower::endsWith))
        .map(
            entry ->
                name
                    + " "
                    + entry.getKey()
                    + ". Only .safetensors files are fetched, and the adapter_config.json beside"
                    + " them; look for one there.")
        .findFirst();
  }
}
