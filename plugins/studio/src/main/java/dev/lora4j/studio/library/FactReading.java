package dev.lora4j.studio.library;

import dev.lora4j.cli.adapter.AdapterReading;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.server.library.AdapterFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reading of what adapters' files say, for the bases that are served. */
final class FactReading {
  private final List<BaseFit> bases;

  /** Hashes of the bases by name, once they were needed: those of large ones take a while. */
  private volatile Map<String, String> hashes = Map.of();

  FactReading(List<BaseFit> bases) {
    this.bases = List.copyOf(bases);
  }

  /** Facts of a header alone, in milliseconds. */
  static AdapterFacts header(AdapterFile file) {
    String stamp = AdapterFacts.stamp(file);
    try {
      HeaderFacts header = HeaderFacts.of(AdapterFiles.metadata(file.real()));
      return new AdapterFacts(stamp, header, "", Optional.empty());
    } catch (RuntimeException e) {
      String why = message(file, e);
      return new AdapterFacts(
          stamp, HeaderFacts.NONE, why, Optional.of(ContentFacts.unreadable(why)));
    }
  }

  /** The same facts with those of the tensors, which are all read. */
  AdapterFacts content(AdapterFile file, AdapterFacts known) {
    Map<String, Boolean> fits = new TreeMap<>();
    try {
      for (BaseFit base : bases) {
        fits.put(hash(base), AdapterFiles.fits(file.real(), base.layers()));
      }
      return known.content(ContentFacts.of(examine(file), fits));
    } catch (RuntimeException e) {
      return known.content(ContentFacts.unreadable(message(file, e)));
    }
  }

  /** Examines an adapter for the first base that it fits, or for what its file tells. */
  Examination examine(AdapterFile file) {
    for (BaseFit base : bases) {
      if (AdapterFiles.fits(file.real(), base.layers())) {
        Examination found = AdapterFiles.examine(file.real(), base.layers(), ReadOptions.STRICT);
        return found.titled(base.name());
      }
    }
    return AdapterReading.examine(file.real(), ReadOptions.STRICT);
  }

  private String hash(BaseFit base) {
    String known = hashes.get(base.name());
    if (known == null) {
      known = base.hash().get();
      Map<String, String> more = new LinkedHashMap<>(hashes);
      more.put(base.name(), known);
      hashes = more;
    }
    return known;
  }

  /** Returns true if nothing more is to be read of an adapter. */
  boolean complete(AdapterFacts known) {
    return known
        .content()
        .filter(
            content ->
                content.identity().isEmpty()
                    || bases.stream().allMatch(b -> content.fits().containsKey(hash(b))))
        .isPresent();
  }

  /** Returns true if there is nothing to be read, as far as that can be told at once. */
  boolean known(AdapterFacts known) {
    return known
        .content()
        .filter(
            content ->
                content.identity().isEmpty()
                    || bases.stream()
                        .map(base -> hashes.get(base.name()))
                        .allMatch(hash -> hash == null || content.fits().containsKey(hash)))
        .isPresent();
  }

  /** Names of the bases that an adapter fits, as far as it is known. */
  List<String> bases(AdapterFacts known) {
    return bases.stream().map(BaseFit::name).filter(name -> fits(known, hashes.get(name))).toList();
  }

  private static boolean fits(AdapterFacts known, @Nullable String hash) {
    return known
        .content()
        .filter(content -> hash != null && content.fits().getOrDefault(hash, false))
        .isPresent();
  }

  static String message(AdapterFile file, RuntimeException e) {
    return String.valueOf(e.getMessage()).replace(file.real().toString(), file.key().name());
  }
}
