"""`copier_template_extensions` under its former name."""

from mintage.formats.copier.extensions import ContextHook, TemplateExtensionLoader

__all__ = ["ContextHook", "TemplateExtensionLoader"]
