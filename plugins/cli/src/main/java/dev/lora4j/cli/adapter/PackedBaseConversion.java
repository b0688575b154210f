package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.model.packed.ModelConversion;
import dev.lora4j.core.model.packed.PackedModel;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Conversion of a model that GPTQ or AWQ packed.
 *
 * @param type of the written numbers; that which the configuration says without it
 */
record PackedBaseConversion(Path in, Path out, Optional<DType> type) {
  int run(Console console, boolean json) {
    OutputFile.freshFolder(out);
    try (PackedModel model = PackedModel.open(in)) {
      DType written = type.orElseGet(model::usual);
      try (Progress progress = console.progress("converting", model.written(), "tensor")) {
        ModelConversion.write(model, written, out, (done, name) -> progress.done(done, name));
      }
      if (json) {
        console.print(
            new Json()
                .put("in", in.toString())
                .put("out", out.toString())
                .put("packed", model.described())
                .put("weights", model.packed())
                .put("empty_biases", model.emptied())
                .put("dtype", written.toString())
                .toString());
      } else {
        console.print(in + ": " + model.described() + ", " + model.packed() + " packed weights");
        console.print(out + ": numbers in " + written + ", for all commands that take a model");
        if (!model.emptied().isEmpty()) {
          console.print(
              "  " + model.emptied().size() + " biases of packed layers are 0 and left out.");
        }
      }
    }
    return 0;
  }
}
