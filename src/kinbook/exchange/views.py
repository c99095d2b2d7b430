from django.http import HttpResponse


def imports(request, **kw):
    return HttpResponse("imports")
