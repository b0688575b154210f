package dev.lora4j.hub.listing;

import dev.lora4j.hub.source.FileEndings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Names of adapters by the files of a repository. */
final class ListedNames {
  /** Names that say what kind of file it is, not whose. */
  private static final Set<String> GENERIC =
      Set.of(
          "adapter_model",
          "adapters",
          "adapter",
          "pytorch_lora_weights",
          "diffusion_pytorch_model",
          "lora",
          "model",
          "weights");

  private ListedNames() {}

  /**
   * A name for each file: its own, or that of the repository where it has none; with the folders in
   * front where two are alike.
   */
  static List<String> of(String repository, List<RemoteFile> files) {
    List<String> names = files.stream().map(file -> name(repository, file)).toList();
    List<String> distinct = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      boolean alike = names.stream().filter(name::equalsIgnoreCase).count() > 1;
      distinct.add(alike ? FileEndings.stem(files.get(i).path()).replace('/', '-') : name);
    }
    return distinct;
  }

  private static String name(String repository, RemoteFile file) {
    String stem = FileEndings.stem(file.name());
    if (!GENERIC.contains(stem)) {
      return stem;
    }
    int slash = file.path().lastIndexOf('/');
    return slash < 0
        ? repository
        : repository + "-" + file.path().substring(0, slash).replace('/', '-');
  }
}
