package dev.lora4j.flow.zimage;

import dev.lora4j.flow.StreamingContract;
import dev.lora4j.flow.TinyPipeline;
import java.nio.file.Path;

/** A tiny Z-Image whose weights are read block by block. */
class ZImageStreamingTest extends StreamingContract {
  ZImageStreamingTest() {
    super(ZImageGoldens.TINY, "kohya");
  }

  /** That of the goldens is stored in BF16, and converted into memory as it is small. */
  @Override
  protected TinyPipeline pipeline(Path empty) {
    return TinyPipeline.ZIMAGE.inF32(empty);
  }
}
