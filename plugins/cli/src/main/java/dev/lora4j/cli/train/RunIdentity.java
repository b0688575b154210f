package dev.lora4j.cli.train;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Identity of a run: all that a step depends on, and nothing else; it must be equal for a run to
 * resume. Where files are does not matter, nor what the factors are rounded to at the end.
 */
final class RunIdentity {
  private static final int DIGITS = 16;

  private RunIdentity() {}

  /** Digests by what they are of. */
  static Map<String, String> of(PreparedRun run) {
    Map<String, String> identity = new TreeMap<>();
    StringBuilder pictures = new StringBuilder();
    run.data().items().forEach(item -> pictures.append(CanonicalForm.text(of(item))).append('\n'));
    identity.put("pictures, captions and how they vary", digest(pictures.toString()));
    identity.put("settings", digest(run.style().withStored(DType.F32).canonical()));
    run.fewSteps().ifPresent(how -> identity.put("few steps", digest(how.canonical())));
    // Pictures have the size of a batch themselves.
    int batch = run.draws() ? run.batch() : 0;
    run.settings()
        .slider()
        .ifPresent(how -> identity.put("slider", digest(how.canonical() + " " + batch)));
    run.preservation().ifPresent(how -> identity.put("preservation", digest(how.canonical())));
    run.active()
        .ifPresent(
            active -> identity.put("training adapter", digest(active.adapter().canonical())));
    identity.put("base", run.model().sd().base().hash().substring(0, DIGITS));
    identity.put("prediction or noise schedule", run.model().sd().base().configuration());
    identity.put("precision", run.model().sd().base().precision().text());
    return identity;
  }

  private static List<Object> of(DataItem item) {
    DataSource source = item.source();
    return List.of(
        item.sha256(),
        item.caption(),
        item.repeats(),
        item.fit(),
        item.validation(),
        item.group(),
        item.batch(),
        item.maskSha256(),
        source.masking().alpha(),
        source.regularisation(),
        source.captions(),
        source.augmentations(),
        source.background());
  }

  private static String digest(String text) {
    return Digests.hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }
}
